#!/usr/bin/env python3
"""Verificador independiente de un dictamen: un solo archivo, Python 3.10 o posterior, sin dependencias.

    python3 verify_alone.py CARPETA [--root RAIZ_PUBLICADA]
    python3 verify_alone.py --constancia constancia.json --root RAIZ_PUBLICADA

No comparte código con el sistema que emitió el dictamen: vuelve a aplicar el artículo 323 a cada renglón del anexo
confidencial, suma de nuevo, y compara cada cifra con dictamen.json. Está en español porque lo lee un perito. La
firma del PDF la comprueba el verificador principal; éste comprueba cifras, huellas y raíz.

Orden de lectura: 1 huellas, 2 clase de un renglón por sí solo, 3 duplicados entre renglones de una persona,
4 sumas y resultado, 5 comparación, 6 muestra de control y exigencias, 7 carpeta. Termina con 0 si todo concuerda,
con 2 si algo no concuerda o no se puede leer.
"""

# mypy: ignore-errors
import csv
import hashlib
import json
import os
import sys
from datetime import date, datetime, timedelta, timezone
from decimal import Context, Decimal

COLUMNAS = [
    "record", "party", "party_constancia", "party_withdrawn", "elector", "situacion", "seccion", "fecha",
    "sheet_date", "received", "original", "unprocessed", "open_match", "in_hearing", "established", "suspected",
    "cleared", "prevails", "channel", "credential_copy", "batch", "sheet", "folio", "page", "row", "clave_read",
    "numero_ocr_read", "decided_by", "class", "reasons", "salt",
]  # fmt: skip
ABIERTAS = ["record", "folio", "page", "row", "class", "reasons"]  # lo que abre una constancia
PRELACION = [
    "I9", "I2", "I1", "I3", "I4", "N", "B1", "B2", "B3", "B4", "B5", "B6", "B7", "B8", "B9", "P", "G", "I5", "I6",
    "I7", "I8", "I10", "I11", "I12", "Q1", "Q2", "Q3", "DT", "D2", "D1", "V",
]  # fmt: skip
PENDIENTES = ("Q1", "Q2", "Q3")
POR_PERSONAS = {"N", "I1", "I2", "I3", "I4", "I5", "I6", "I7", "I8", "I9", "I10", "I11", "I12", "D1", "D2"}
DE_LA_LISTA = {"N", "P", "G", "B1", "B2", "B3", "B4", "B5", "B6", "B7", "B8", "B9"}
SITUACIONES = {
    "PADRON": "P", "BAJA_DEFUNCION": "B1", "BAJA_SUSPENSION": "B2", "BAJA_VIGENCIA": "B3", "BAJA_DUPLICADO": "B4",
    "BAJA_DATOS_IRREGULARES": "B5", "BAJA_DOMICILIO_IRREGULAR": "B6", "BAJA_USURPACION": "B7",
    "BAJA_JUDICIAL": "B8", "BAJA_OTRA": "B9",
}  # fmt: skip
POR_OMISION = {
    "redondeo": "techo", "dispersion_lectura": "R1", "dispersion_m": 0, "copia_credencial": "no_exigida",
    "base_dispersion_diputacion": "secciones_distrito", "regla_empate": "pendiente", "fecha_supletoria": "ninguna",
    "canales_admitidos": ["papel"], "cotejo": "exigido", "desistimientos": "fuera", "plazo_audiencia_horas": 120,
}  # fmt: skip
DE_LA_MUESTRA = [
    "stratum", "place", "record", "clase", "elector", "clave_read", "fecha_read",
    "clave_1", "fecha_1", "firma_1", "regla_1", "lista_1", "misma_1",
    "clave_2", "fecha_2", "firma_2", "regla_2", "lista_2", "misma_2",
]  # fmt: skip
ALGORITMO = "SHA-256; árbol de Merkle de RFC 6962; JSON canónico de RFC 8785"
ERRORES = (
    OSError, ValueError, KeyError, TypeError, IndexError, AttributeError, StopIteration, OverflowError,
    ZeroDivisionError, RecursionError, csv.Error,
)  # fmt: skip
SIN_CIFRA = 1 << 60  # el 1 % de una unidad cuya lista se desconoce no se alcanza nunca con certeza
SIEMPRE = 1 << 40  # un momento posterior a toda fecha


# ---------------------------------------------------------------- 1. huellas y árbol


def sha256(datos):
    return hashlib.sha256(datos).digest()


def canonico(objeto):
    """JSON canónico (RFC 8785) de textos, enteros, listas y tablas."""
    return json.dumps(objeto, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode("utf-8")


def hoja_documento(documento):
    return sha256(b"\x00respaldo/documento/1\n" + canonico(documento))


def hoja_publica(compromiso, grupo):
    return sha256(b"\x00respaldo/hoja/1\n" + compromiso + grupo.encode())


def texto(valores):
    return json.dumps(valores, ensure_ascii=False, separators=(",", ":")).encode("utf-8")


def mitad_abierta(sal, valores):
    """La mitad del compromiso que abre una constancia."""
    return sha256(b"respaldo/fila/2/abierta\n" + sal + texto(valores))


def unir(abierta, reservada):
    return sha256(b"respaldo/fila/2\n" + abierta + reservada)


def compromiso_de(renglon):
    """Compromiso de un renglón confidencial (lista de textos; el último es la sal): dos mitades con sales propias."""
    f, sal = dict(zip(COLUMNAS, renglon, strict=True)), bytes.fromhex(renglon[-1])
    razones = list(dict.fromkeys(sin_causa(c) for c in f["reasons"].split(";")))
    abre = [f["record"], f["folio"], f["page"], f["row"], sin_causa(f["class"]), ";".join(razones)]
    reservada = b"respaldo/fila/2/reservada\n" + sha256(b"respaldo/sal/2/reservada\n" + sal) + texto(renglon[:-1])
    return unir(mitad_abierta(sha256(b"respaldo/sal/2/abierta\n" + sal), abre), sha256(reservada))


def sin_causa(clase):
    """Una baja, sin decir cuál."""
    return "B" if clase[:1] == "B" else clase


def raiz_de(hojas):
    """Raíz del árbol de Merkle (RFC 6962): por niveles, la hoja sin pareja sube sola."""
    nivel = list(hojas)
    while len(nivel) > 1:
        pares = [sha256(b"\x01" + nivel[i] + nivel[i + 1]) for i in range(0, len(nivel) - 1, 2)]
        nivel = pares + ([nivel[-1]] if len(nivel) % 2 else [])
    return nivel[0].hex()


def grupo_de(clase):
    if clase == "V":
        return "valido"
    if clase in PENDIENTES:
        return "pendiente"
    if clase in ("D1", "D2"):
        return "duplicado"
    if clase == "DT":
        return "empate"
    return "lista" if clase in DE_LA_LISTA or clase == "B" else "forma"


# ---------------------------------------------------------------- 2. un renglón por sí solo


def dia(texto):
    return date.fromisoformat(texto) if texto else None


def conjunto(texto):
    return set(texto.split(";")) if texto else set()


class Reglas:
    """Lo que fija el proceso: parámetros, ventana, ámbito y secciones."""

    def __init__(self, doc, marco):
        archivo = doc["proceso_archivo"]
        self.p = dict(POR_OMISION)
        for nombre, dado in archivo.get("parametros", {}).items():
            self.p[nombre] = dado["valor"] if isinstance(dado, dict) else dado
        cargo, ambito = doc["aspirante"]["cargo"], doc["aspirante"]["ambito"]
        ventana = next(v for v in archivo["ventana"] if v["cargo"] == cargo)
        self.desde, self.hasta = dia(ventana["desde"]), dia(ventana["hasta"])
        self.marco = marco
        propias = {
            s: f for s, f in marco.items()
            if cargo == "jefatura" or f["demarcacion" if cargo == "alcaldia" else "distrito_local"] == ambito
        }  # fmt: skip
        columna = {"jefatura": "demarcacion", "alcaldia": "circunscripcion", "diputacion": "seccion"}[cargo]
        self.unidad_de = {s: f[columna] for s, f in propias.items()}
        self.secciones = propias
        self.base = sum(int(f["lista_nominal"] or 0) for f in propias.values())
        for b in archivo.get("base", []):
            mismo = str(b.get("ambito", "")).lstrip("0") == ambito.lstrip("0")
            if b["cargo"] == cargo and mismo:
                self.base = b["lista_nominal"]
        self.grupos, self.listas = self._unidades(cargo)

    def _unidades(self, cargo):
        """Unidades por grupo (uno, o uno por demarcación) y la lista de cada una (None: falta una cifra)."""
        miembros = {}
        for s, f in self.secciones.items():
            if self.unidad_de[s]:
                miembros.setdefault(self.unidad_de[s], []).append(f)
        grupos, listas = {}, {}
        for unidad, filas in miembros.items():
            vacias = [f for f in filas if f["lista_nominal"] == "0" and f["zero_source"]]
            if len(vacias) == len(filas):
                continue  # sólo el cero confirmado con su fuente sale de N
            sin_cifra = any(f["lista_nominal"] in ("", "0") and f not in vacias for f in filas)
            listas[unidad] = None if sin_cifra else sum(int(f["lista_nominal"]) for f in filas)
            aparte = cargo == "diputacion" and self.p["base_dispersion_diputacion"] == "secciones_por_demarcacion"
            grupos.setdefault(filas[0]["demarcacion"] if aparte else "", []).append(unidad)
        return grupos, listas

    def minimo(self, lectura, unidad, cierto):
        """Apoyos que pide una unidad: 1 (R1), su propio 1 % (R2), m (R3)."""
        if lectura == "R2":
            lista = self.listas[unidad]
            return (SIN_CIFRA if cierto else 1) if lista is None else max(1, -(-lista // 100))
        return 1 if lectura == "R1" else self.p["dispersion_m"]

    def primer_dia(self, constancia):
        return self.desde if constancia is None else max(self.desde, constancia + timedelta(days=1))


def clasificar(f, reglas, primero):
    """(clase, razones, sospechas) de un renglón sin mirar otros: la razón establecida que prevalece, o Q, o V."""
    p = reglas.p
    establecidas, aclaradas = conjunto(f["established"]), conjunto(f["cleared"])
    seccion = int(f["seccion"]) if f["seccion"] else None
    admitido = f["channel"] != "papel" and f["channel"] in p["canales_admitidos"]
    identificado = f["elector"] and f["open_match"] == "0"
    razones = establecidas & POR_PERSONAS
    if admitido:
        razones.discard("I2")
    if identificado and f["situacion"] in SITUACIONES:
        razones.add(SITUACIONES[f["situacion"]])
    if identificado and seccion is not None and seccion in reglas.marco and seccion not in reglas.unidad_de:
        razones.add("G")
    sospechas = conjunto(f["suspected"]) - aclaradas - establecidas
    if p["copia_credencial"] == "no_exigida":
        sospechas.discard("I7")
    propuestas = set()
    if f["channel"] != "papel" and not admitido:
        propuestas.add("I2")
    if p["copia_credencial"] == "exigida" and f["credential_copy"] == "0":
        propuestas.add("I7")
    if fecha_dudosa(f, reglas, primero):
        propuestas.add("I11")
    sospechas |= propuestas - aclaradas - establecidas
    ordenadas = [c for c in PRELACION if c in razones]
    abiertas = [c for c in PRELACION if c in sospechas]
    if ordenadas:
        return ordenadas[0], ordenadas, abiertas
    sin_original = f["original"] == "0" and f["channel"] == "papel" and p["cotejo"] == "exigido"
    if f["unprocessed"] == "1" or sin_original:
        return "Q1", [], abiertas
    incompleto = not f["elector"] or not f["situacion"] or seccion not in reglas.unidad_de
    if abiertas or f["open_match"] == "1" or incompleto:
        return "Q2", [], abiertas
    return ("Q3" if f["in_hearing"] == "1" else "V"), [], abiertas


def expresado(f, reglas):
    """Fecha del apoyo: la del renglón; la de la hoja o la de recepción sólo si el parámetro lo permite."""
    regla = reglas.p["fecha_supletoria"]
    if f["fecha"] or regla == "ninguna":
        return dia(f["fecha"])
    return dia(f["sheet_date"]) or (dia(f["received"]) if regla == "recepcion" else None)


def fecha_dudosa(f, reglas, primero):
    """Párrafo 6 IV: fecha fuera del periodo, o posterior a la recepción."""
    cuando, recibido = expresado(f, reglas), dia(f["received"])
    if cuando is None:
        return recibido < primero
    if cuando > recibido or cuando < primero:
        return True
    return cuando > reglas.hasta and bool(f["fecha"] or f["sheet_date"])


def intervalo(f, reglas, primero):
    """Momentos (dobles del día) entre los que se expresó; decidido a su favor, es el último de su día."""
    cuando = None if f["unprocessed"] == "1" else expresado(f, reglas)
    alto = 2 * (cuando or dia(f["received"])).toordinal()
    bajo = alto if cuando else min(2 * primero.toordinal(), alto)
    return (alto + 1, alto + 1) if f["prevails"] == "1" else (bajo, alto)


# ---------------------------------------------------------------- 3. renglones de una misma persona


class Cuenta:
    """Sumas del aspirante, persona por persona."""

    def __init__(self):
        self.clases = dict.fromkeys(PRELACION, 0)
        self.validos, self.quiza, self.empatados = {}, {}, {}  # por unidad
        self.ciertos = {}  # (unidad, momento) -> personas que cuentan pase lo que pase
        self.sin_dueno, self.amenazas = 0, []  # abiertos sin persona cierta: propios, y de otros
        self.disputadas = self.propios = self.ajenos = self.en_audiencia = 0


def sumar(tabla, llave):
    tabla[llave] = tabla.get(llave, 0) + 1


def resolver(renglones, reglas, aspirante, cuenta, diferir):
    """Todos los renglones de una persona (o uno sin persona): su clase, y lo que suman al aspirante."""
    grupo = []
    for f in renglones:
        de = aspirante if not f["party"] else {
            "constancia": f["party_constancia"], "desistimiento": f["party_withdrawn"]
        }  # fmt: skip
        primero = reglas.primer_dia(dia(de["constancia"]))
        clase, razones, sospechas = clasificar(f, reglas, primero)
        bajo, alto = intervalo(f, reglas, primero)
        aparte = bool(de["desistimiento"]) and reglas.p["desistimientos"] == "fuera"
        grupo.append({
            "f": f, "clase": clase, "razones": razones, "sospechas": sospechas, "bajo": bajo, "alto": alto,
            "quien": f["party"], "aparte": f["party"] or "propio" if aparte else "",
            "llave": (f["folio"], int(f["page"] or 0), int(f["row"] or 0), f["record"]),
        })  # fmt: skip
    propia = "propio" if aspirante["desistimiento"] and reglas.p["desistimientos"] == "fuera" else ""
    for contienda in {m["aparte"] for m in grupo}:
        juntos = [m for m in grupo if m["aparte"] == contienda]
        competir(juntos, reglas, cuenta, contienda == propia)
    for m in grupo:
        f, razones = m["f"], ";".join(m["razones"] + [s + "?" for s in m["sospechas"]])
        if f["class"] != m["clase"]:
            diferir("registro {}.class".format(f["record"]), f["class"], m["clase"])
        if f["reasons"] != razones:
            diferir("registro {}.reasons".format(f["record"]), f["reasons"], razones)
        if f["party"]:
            cuenta.ajenos += 1
        else:
            cuenta.propios += 1
            cuenta.clases[m["clase"]] += 1
            cuenta.en_audiencia += f["in_hearing"] == "1" and m["clase"] != "Q3"
    if renglones[0]["elector"] and len({bool(f["party"]) for f in renglones}) == 2:
        cuenta.disputadas += 1


def competir(grupo, reglas, cuenta, propia):
    """Párrafo 13: entre los que valen, gana la última fecha; sin orden hay empate; por aspirante queda uno."""
    en_juego = [m for m in grupo if not m["razones"] or m["f"]["in_hearing"] == "1"]
    ciertos_de_quien = []
    for m in en_juego:
        f = m["f"]
        sin_dueno = f["unprocessed"] == "1" or f["open_match"] == "1" or not (
            f["elector"] and f["situacion"] and f["seccion"]
        ) or bool(set(m["razones"]) & DE_LA_LISTA)  # fmt: skip
        if not sin_dueno:
            ciertos_de_quien.append(m)
        elif propia and m["quien"]:
            cuenta.amenazas.append(m["alto"])
        elif propia:
            cuenta.sin_dueno += 1
    vivos = [m for m in ciertos_de_quien if m["clase"] not in PENDIENTES and m["f"]["in_hearing"] == "0"]
    fin, queda = {}, {}
    for m in sorted(vivos, key=lambda m: (-m["bajo"], -m["alto"], m["llave"])):
        queda.setdefault(m["quien"], m)
        bajo, alto = fin.get(m["quien"], (m["bajo"], m["alto"]))
        fin[m["quien"]] = (max(bajo, m["bajo"]), max(alto, m["alto"]))
    ultimo = max((bajo for bajo, _ in fin.values()), default=0)
    finalistas = {quien for quien, (_, alto) in fin.items() if alto >= ultimo}
    for m in vivos:
        if m is not queda[m["quien"]]:
            m["clase"] = "D1"
        elif m["quien"] not in finalistas:
            m["clase"] = "D2"
        else:
            m["clase"] = "V" if len(finalistas) == 1 else "DT"
        m["razones"] = [] if m["clase"] == "V" else [m["clase"]]
        if not m["quien"] and m["clase"] == "V":
            sumar(cuenta.validos, unidad(m, reglas))
    if propia and any(not m["quien"] for m in ciertos_de_quien):
        destino(ciertos_de_quien, vivos, reglas, cuenta, len(finalistas) > 1 and "" in finalistas)


def unidad(m, reglas):
    return reglas.unidad_de.get(int(m["f"]["seccion"]), "")


def destino(todos, vivos, reglas, cuenta, empatado):
    """Si la persona cuenta para el aspirante siempre, quizá o nunca, en cualquier desenlace de lo pendiente."""
    mios = [m for m in todos if not m["quien"]]
    otros = [m for m in todos if m["quien"]]
    mios_vivos = [m for m in mios if m in vivos]
    otros_vivos = [m for m in otros if m in vivos]
    muestra = min(mios_vivos or mios, key=lambda m: (-m["bajo"], -m["alto"], m["llave"]))
    bajo = max((m["bajo"] for m in mios_vivos), default=0)
    if mios_vivos and all(m["alto"] < bajo for m in otros):
        sumar(cuenta.ciertos, (unidad(muestra, reglas), bajo))
        return
    mejor = max(m["bajo"] if m in vivos else m["alto"] for m in mios)
    puede = all(m["alto"] < mejor for m in otros_vivos)
    confirmados = all("DT" in conjunto(m["f"]["established"]) for m in mios)
    if not puede and reglas.p["regla_empate"] == "pendiente" and not confirmados:
        puede = max(m["alto"] for m in mios) >= max(m["bajo"] for m in otros_vivos)
    if puede:
        sumar(cuenta.quiza, unidad(muestra, reglas))
        if empatado:
            sumar(cuenta.empatados, unidad(muestra, reglas))


# ---------------------------------------------------------------- 4. sumas y resultado


def requeridos(base, redondeo):
    return max(1, (base + {"techo": 99, "piso": 0, "mitad": 50}[redondeo]) // 100)


def k_de(n):
    return (35 * n + 99) // 100


def por_unidad(ciertos):
    tabla = {}
    for (u, _), n in ciertos.items():
        tabla[u] = tabla.get(u, 0) + n
    return tabla


def extremos(ciertos, quiza, cuenta):
    """(mínimo, máximo) de personas que cuentan en todo desenlace."""
    bajos = sorted(b for (_, b), n in ciertos.items() for _ in range(n))
    quitados = 0
    for amenaza in sorted(cuenta.amenazas):
        if quitados < len(bajos) and amenaza >= bajos[quitados]:
            quitados += 1
    return len(bajos) - quitados, len(bajos) + sum(quiza.values()) + cuenta.sin_dueno


def sentido(reglas, cuenta, lectura, ciertos, quiza):
    """CUMPLE o NO_CUMPLE sólo si es así en todo desenlace; si no, INDETERMINADO (o None: no se pudo acotar)."""
    pide = requeridos(reglas.base, reglas.p["redondeo"])
    minimo, maximo = extremos(ciertos, quiza, cuenta)
    seguro = por_unidad(ciertos)
    falta = 0
    for unidades in reglas.grupos.values():
        costos = sorted(
            max(0, reglas.minimo(lectura, u, False) - seguro.get(u, 0) - quiza.get(u, 0)) for u in unidades
        )
        falta += sum(costos[: k_de(len(unidades))])
    if cuenta.sin_dueno < max(falta, pide - (maximo - cuenta.sin_dueno)):
        return "NO_CUMPLE"
    if minimo < pide:
        return "INDETERMINADO"
    acotado = True
    for unidades in reglas.grupos.values():
        sobra = sorted(
            seguro.get(u, 0) - reglas.minimo(lectura, u, True) + 1
            for u in unidades if seguro.get(u, 0) >= reglas.minimo(lectura, u, True)
        )  # fmt: skip
        k = k_de(len(unidades))
        if len(sobra) < k:
            return "INDETERMINADO"
        if len(cuenta.amenazas) >= sum(sobra[: len(sobra) - k + 1]):
            acotado = False  # quizá quepa; la búsqueda exacta es del verificador principal
    return "CUMPLE" if acotado else None


def empates_deciden(reglas, cuenta, lectura):
    if not cuenta.empatados:
        return False
    quiza = {u: n - cuenta.empatados.get(u, 0) for u, n in cuenta.quiza.items()}
    ganados = dict(cuenta.ciertos)
    for u, n in cuenta.empatados.items():
        ganados[(u, SIEMPRE)] = n
    perdido = sentido(reglas, cuenta, lectura, cuenta.ciertos, quiza)
    ganado = sentido(reglas, cuenta, lectura, ganados, quiza)
    return None if None in (perdido, ganado) else perdido != ganado


# ---------------------------------------------------------------- 5. comparación


def comparar(doc, reglas, cuenta, diferir, notar):
    def igual(figura, dicho, hallado):
        if hallado is None:
            notar(f"{figura}: este verificador no pudo acotarlo; use el principal")
        elif dicho != hallado:
            diferir(figura, dicho, hallado)

    p, conteo, disp, res = reglas.p, doc["conteo"], doc["dispersion"], doc["resultado"]
    validos, lectura = cuenta.clases["V"], p["dispersion_lectura"]
    for lugar in doc["parametros"]:
        valor = p.get(lugar["nombre"])
        valor = ", ".join(valor) if isinstance(valor, list) else str(valor)
        igual("parametros.{}".format(lugar["nombre"]), lugar["valor"], valor)
    igual("ventana.desde", doc["ventana"]["desde"], reglas.desde.isoformat())
    igual("ventana.hasta", doc["ventana"]["hasta"], reglas.hasta.isoformat())
    igual("requisito.lista_nominal", doc["requisito"]["lista_nominal"], reglas.base)
    igual("requisito.redondeo", doc["requisito"]["redondeo"], p["redondeo"])
    pide = requeridos(reglas.base, p["redondeo"])
    igual("requisito.requeridos", doc["requisito"]["requeridos"], pide)
    igual("conteo.recibidos", conteo["recibidos"], cuenta.propios)
    igual("conteo.revisados", conteo["revisados"], cuenta.propios - cuenta.clases["Q1"])
    igual("conteo.pendientes", conteo["pendientes"], sum(cuenta.clases[c] for c in PENDIENTES))
    igual("conteo.validos", conteo["validos"], validos)
    partes = validos * 1000000 // reglas.base
    igual("conteo.porcentaje_lista", conteo["porcentaje_lista"], f"{partes // 10000}.{partes % 10000:04d}")
    for clase, n in cuenta.clases.items():
        igual(f"conteo.por_clase.{clase}", conteo["por_clase"][clase], n)
    quedan, vistas = cuenta.propios, []
    for paso in conteo["pasos"]:
        vistas += paso["clases"]
        n = sum(cuenta.clases[c] for c in paso["clases"])
        quedan -= n
        igual("conteo.pasos[{}].n".format(paso["concepto"]), paso["n"], n)
        igual("conteo.pasos[{}].subtotal".format(paso["concepto"]), paso["subtotal"], quedan)
    igual("conteo.pasos", sorted(vistas), sorted(c for c in PRELACION if c != "V"))
    igual("duplicados.mismo_aspirante", doc["duplicados"]["mismo_aspirante"], cuenta.clases["D1"])
    igual("duplicados.otro_aspirante", doc["duplicados"]["otro_aspirante"], cuenta.clases["D2"])
    igual("duplicados.electores_disputados", doc["duplicados"]["electores_disputados"], cuenta.disputadas)
    ajenos = doc["duplicados"]["registros_de_otros_aspirantes_en_el_anexo"]
    igual("duplicados.registros_de_otros_aspirantes_en_el_anexo", ajenos, cuenta.ajenos)
    igual("audiencia.en_curso", doc["audiencia"]["en_curso"], cuenta.en_audiencia)
    igual("empates.registros", doc["empates"]["registros"], cuenta.clases["DT"])
    igual("empates.deciden", doc["empates"]["deciden"], empates_deciden(reglas, cuenta, lectura))
    comparar_dispersion(disp, reglas, cuenta, igual)
    minimo, maximo = extremos(cuenta.ciertos, cuenta.quiza, cuenta)
    igual("resultado.validos", res["validos"], validos)
    igual("resultado.requeridos", res["requeridos"], pide)
    igual("resultado.margen", res["margen"], validos - pide)
    igual("resultado.minimo_posible", res["minimo_posible"], minimo)
    igual("resultado.maximo_posible", res["maximo_posible"], maximo)
    igual("resultado.sentido", res["sentido"], sentido(reglas, cuenta, lectura, cuenta.ciertos, cuenta.quiza))


def comparar_dispersion(disp, reglas, cuenta, igual):
    todas = {u for unidades in reglas.grupos.values() for u in unidades}
    dichas = {u["unidad"]: u for u in disp["unidades"]}
    igual("dispersion.unidades", sorted(dichas), sorted(todas))
    igual("dispersion.N", disp["N"], len(todas))
    igual("dispersion.k", disp["k"], sum(k_de(len(g)) for g in reglas.grupos.values()))
    igual("dispersion.lectura", disp["lectura"], reglas.p["dispersion_lectura"])
    igual("dispersion.minimo_m", disp["minimo_m"], reglas.p["dispersion_m"])
    for u in sorted(todas & set(dichas)):
        igual(f"dispersion.unidades[{u}].validos", dichas[u]["validos"], cuenta.validos.get(u, 0))
        if dichas[u]["lista_nominal"] != reglas.listas[u]:  # None cuando falta una cifra
            igual(f"dispersion.unidades[{u}].lista_nominal", dichas[u]["lista_nominal"], str(reglas.listas[u]))
        igual(f"dispersion.unidades[{u}].uno_por_ciento", dichas[u]["uno_por_ciento"], reglas.minimo("R2", u, False))
    sentidos = []
    for lectura, dicha in sorted(disp["lecturas"].items()):
        if lectura == "R3" and reglas.p["dispersion_m"] < 1:
            igual("dispersion.lecturas.R3", dicha is None, True)
            continue
        alcanzadas, cumple = 0, True
        for unidades in reglas.grupos.values():
            aqui = sum(cuenta.validos.get(u, 0) >= reglas.minimo(lectura, u, True) for u in unidades)
            alcanzadas, cumple = alcanzadas + aqui, cumple and aqui >= k_de(len(unidades))
        igual(f"dispersion.lecturas.{lectura}.alcanzadas", dicha["alcanzadas"], alcanzadas)
        igual(f"dispersion.lecturas.{lectura}.cumple", dicha["cumple"], cumple)
        sentidos.append(sentido(reglas, cuenta, lectura, cuenta.ciertos, cuenta.quiza))
    depende = None if None in sentidos else len(set(sentidos)) > 1
    igual("dispersion.sensible_a_la_lectura", disp["sensible_a_la_lectura"], depende)


# ---------------------------------------------------------------- 6. muestra de control y exigencias


def cuatro(n):
    """Diezmilésimas como texto con cuatro decimales."""
    return f"{n // 10000}.{n % 10000:04d}"


def a_lo_mas(vistos, casos, tasa):
    """Si P[binomial(casos, tasa/10000) <= vistos] es 2.5 % o menos (cincuenta cifras decimales)."""
    if tasa == 10000:
        return vistos < casos
    aritmetica = Context(prec=50, Emin=-10000000, Emax=10000000)
    arriba = 2 * vistos >= casos
    ultimo, acierto = (casos - vistos - 1, 10000 - tasa) if arriba else (vistos, tasa)
    termino = aritmetica.power(aritmetica.divide(Decimal(10000 - acierto), Decimal(10000)), casos)
    suma = Decimal(0)
    for i in range(ultimo + 1):
        suma = aritmetica.add(suma, termino)
        sube = aritmetica.multiply(termino, Decimal((casos - i) * acierto))
        termino = aritmetica.divide(sube, Decimal((i + 1) * (10000 - acierto)))
    return (aritmetica.subtract(Decimal(1), suma) if arriba else suma) <= Decimal("0.025")


def intervalo_95(errores, casos):
    """Clopper y Pearson, 1934: límites abiertos hacia afuera, en diezmilésimas."""

    def ultima(vistos):
        bajo, alto = 0, 10000
        while bajo < alto:
            medio = (bajo + alto + 1) // 2
            bajo, alto = (medio, alto) if a_lo_mas(vistos, casos, 10000 - medio) else (bajo, medio - 1)
        return bajo

    inferior = 0 if errores == 0 else ultima(casos - errores)
    superior = 10000 if errores == casos else 10000 - ultima(errores)
    return [cuatro(inferior), cuatro(superior)]


def contradice(medida, f, mirada):
    """Si lo que vio una persona contradice lo que se tenía del registro."""
    clave, fecha, firma, regla, lista, misma = mirada
    en_regla = firma == "1" and regla == "1"
    de_otra = clave != f["elector"] and misma == "0"
    en_lista = f["clase"] in ("N", "I4") and bool(clave) and lista == "1"
    en_papel = f["clase"] in ("I1", "I3", "I7", "I8", "I9") and en_regla
    return {
        "lectura_clave": clave != f["clave_read"],
        "lectura_fecha": fecha != f["fecha_read"],
        "aceptado": de_otra or not en_regla,
        "rechazado": en_lista or en_papel,
    }[medida]


PARTES = ("clave_", "fecha_", "firma_", "regla_", "lista_", "misma_")
MEDIDAS = {
    "lectura_clave": "maquina", "lectura_fecha": "maquina", "aceptado": "maquina", "rechazado": "personas",
}  # fmt: skip


def aplica(medida, f):
    return MEDIDAS[medida] == f["stratum"] and (medida != "lectura_fecha" or f["fecha_read"] != "")


def comparar_muestra(carpeta, doc, registros, diferir):
    """La declaración de error, contada otra vez renglón por renglón de la muestra."""
    muestra = leer_muestra(carpeta)
    if doc["anexos"]["annex_control.csv"]["renglones"] != len(muestra):
        diferir("anexos.annex_control.csv.renglones", doc["anexos"]["annex_control.csv"]["renglones"], len(muestra))
    for f in muestra:
        miradas = [[f[c + n] for c in PARTES] for n in "12"]
        f["miradas"] = [m for m in miradas if m[2]]
        dudas = [m for m in MEDIDAS if f["miradas"] and aplica(m, f) and contradice(m, f, f["miradas"][0])]
        completas = all(not f["elector"] or m[0] == f["elector"] or m[5] for m in f["miradas"])
        f["vista"] = completas and (len(f["miradas"]) == 2 or (len(f["miradas"]) == 1 and not dudas))
        if f["record"] not in registros:
            diferir("muestra", "registros del anexo confidencial", "{} no está en él".format(f["record"]))
    for linea in doc["errores"]:
        comparar_linea(linea, muestra, diferir)


def comparar_linea(linea, muestra, diferir):
    medida, figura = linea["medida"], "errores[{}]".format(linea["medida"])
    if "casos" in linea:
        errores, casos = linea["errores"], linea["casos"]
        if not 0 <= errores <= casos:
            diferir(figura + ".errores", errores, f"más que los {casos} casos")
            return
        tasa = cuatro((errores * 20000 + casos) // (2 * casos))
        if (linea["tasa"], linea["intervalo_95"]) != (tasa, intervalo_95(errores, casos)):
            diferir(
                figura, "{} {}".format(linea["tasa"], linea["intervalo_95"]), f"{tasa} {intervalo_95(errores, casos)}"
            )
    if medida not in MEDIDAS:
        return
    mia = [f for f in muestra if f["stratum"] == MEDIDAS[medida]]
    origen = linea["muestra"]
    if len(mia) != (origen["sorteados"] if origen else 0):
        diferir(figura + ".muestra.sorteados", origen and origen["sorteados"], len(mia))
    if not origen:
        return
    boletos = [hashlib.sha256("{}\n{}".format(origen["semilla"], f["record"]).encode()).hexdigest() for f in mia]
    if boletos != sorted(set(boletos)):
        diferir(figura + ".muestra", "en el orden de la semilla", "otro orden, o un registro repetido")
    casos = [f for f in mia if aplica(medida, f)]
    errores = sum(len(f["miradas"]) == 2 and all(contradice(medida, f, m) for m in f["miradas"]) for f in casos)
    completa = all(f["vista"] for f in mia)
    hallado = [errores, len(casos)] if completa and casos else None
    dicho = [linea["errores"], linea["casos"]] if "casos" in linea else None
    if dicho != hallado:
        diferir(figura + ".errores", dicho or "no medido", hallado or "muestra sin casos, o incompleta")


def leer_muestra(carpeta):
    with open(os.path.join(carpeta, "annex_control.csv"), encoding="utf-8", newline="") as archivo:
        lector = csv.reader(archivo)
        if next(lector) != DE_LA_MUESTRA:
            raise Falla("la muestra de control trae otras columnas")
        muestra = [dict(zip(DE_LA_MUESTRA, renglon, strict=True)) for renglon in lector]
    vistos = {"maquina": 0, "personas": 0}
    for f in muestra:
        vistos[f["stratum"]] += 1
        banderas = [f[c + n] for c in PARTES[2:] for n in "12"]
        if int(f["place"]) != vistos[f["stratum"]] or any(b not in ("", "0", "1") for b in banderas):
            raise Falla("la muestra de control tiene un renglón sin la forma debida")
    return muestra


def comparar_exigencias(doc, reglas, cuenta, diferir):
    """Lo que se exige a un dictamen final; a un informe preliminar, nada de esto."""
    if doc["tipo"] != "final":
        return
    paginas, originales, audiencia = doc["paginas"], doc["originales"], doc["audiencia"]
    if dia(doc["emitido"]) <= reglas.hasta:
        diferir("emitido", doc["emitido"], f"la ventana cerró el {reglas.hasta}")
    if any(n for k, n in paginas.items() if k not in ("recibidas", "de_otros_aspirantes_sin_procesar")):
        diferir("tipo", "final", "hay páginas o registros sin procesar")
    if paginas["de_otros_aspirantes_sin_procesar"] and doc["resultado"]["sentido"] != "NO_CUMPLE":
        diferir("tipo", "final", "hay registros de otros aspirantes sin procesar, que pueden quitar apoyos")
    declarados = originales["declarados"]
    esperados = originales["digitalizados"] if declarados is None else declarados
    if reglas.p["cotejo"] == "exigido" and originales["cotejados"] != esperados:
        diferir("originales.cotejados", originales["cotejados"], f"se esperaban {esperados}")
    fin_del_dia = datetime.combine(dia(doc["emitido"]), datetime.max.time(), timezone(timedelta(hours=-6)))
    for aviso in audiencia["notificaciones"]:
        if datetime.fromisoformat(aviso["vence"]) > fin_del_dia:
            diferir("audiencia", "terminada", "un plazo vence el {}".format(aviso["vence"]))
    if cuenta.clases["Q3"] + cuenta.en_audiencia:
        diferir("audiencia", "terminada", f"{cuenta.clases['Q3'] + cuenta.en_audiencia} registros en audiencia")
    if doc["resultado"]["sentido"] == "INDETERMINADO":
        diferir("tipo", "final", "un resultado INDETERMINADO no puede ser final")


# ---------------------------------------------------------------- 7. la carpeta


class Falla(Exception):  # noqa: N818 - el archivo está en español
    """Lo que impide leer la carpeta, dicho en una frase."""


def decir(causa):
    """Por qué no se pudo leer algo."""
    if isinstance(causa, Falla):
        return str(causa)
    if isinstance(causa, FileNotFoundError):
        return "falta un archivo"
    if isinstance(causa, UnicodeDecodeError):
        return "no está en UTF-8"
    if isinstance(causa, json.JSONDecodeError):
        return f"no es JSON (renglón {causa.lineno})"
    if isinstance(causa, OSError):
        return "no se puede leer"
    return f"un dato falta o no tiene la forma debida ({type(causa).__name__})"


def verificar(carpeta, raiz_publicada):
    """Diferencias (figura, dicho, hallado) y notas. Nunca se interrumpe por lo que trae la carpeta."""
    diferencias, notas, compromisos, registros = [], [], [], set()

    def diferir(figura, dicho, hallado):
        diferencias.append((figura, dicho, hallado))

    try:
        with open(os.path.join(carpeta, "dictamen.json"), "rb") as archivo:
            crudo = archivo.read()
        todo = json.loads(crudo.decode("utf-8"))
        doc, integridad = todo["documento"], todo["integridad"]
        if canonico(todo) != crudo:
            diferir("dictamen.json", "JSON canónico", "otra secuencia de bytes")
        if set(todo) != {"documento", "integridad"} or set(integridad) != {"algoritmo", "hojas", "raiz"}:
            diferir("dictamen.json", "documento e integridad", "otras partes")
        if integridad["algoritmo"] != ALGORITMO:
            diferir("integridad.algoritmo", ALGORITMO, integridad["algoritmo"])
        for nombre, anexo in sorted(doc["anexos"].items()):
            hallado = huella(os.path.join(carpeta, nombre))
            if hallado != anexo["sha256"]:
                diferir(f"anexos.{nombre}.sha256", anexo["sha256"], hallado)
        reglas = Reglas(doc, leer_marco(carpeta))
        cuenta = contar(carpeta, reglas, doc["aspirante"], compromisos, registros, diferir)
        comparar(doc, reglas, cuenta, diferir, notas.append)
        comparar_muestra(carpeta, doc, registros, diferir)
        comparar_exigencias(doc, reglas, cuenta, diferir)
        comparar_raiz(carpeta, doc, integridad, sorted(compromisos), raiz_publicada, diferir)
    except (Falla, *ERRORES) as causa:
        diferir("carpeta", "completa y legible", decir(causa))
    return diferencias, notas


def leer_marco(carpeta):
    with open(os.path.join(carpeta, "annex_marco.csv"), encoding="utf-8", newline="") as archivo:
        return {int(f["seccion"]): f for f in csv.DictReader(archivo)}


def contar(carpeta, reglas, aspirante, compromisos, registros, diferir):
    """Lee el anexo confidencial persona por persona: en memoria sólo hay los renglones de una."""
    cuenta, persona, anterior = Cuenta(), [], ""

    def cerrar():
        if persona:
            resolver(persona, reglas, aspirante, cuenta, diferir)
            apuntar(persona, compromisos)
            registros.update(f["record"] for f in persona if not f["party"])

    with open(os.path.join(carpeta, "annex_confidential.csv"), encoding="utf-8", newline="") as archivo:
        lector = csv.reader(archivo)
        if next(lector) != COLUMNAS:
            raise Falla("el anexo confidencial trae otras columnas")
        for renglon in lector:
            f = dict(zip(COLUMNAS, renglon, strict=True))
            if f["elector"] < anterior:
                raise Falla("el anexo confidencial no está en orden")
            if f["elector"] != anterior or not f["elector"]:
                cerrar()
                persona = []
            f["renglon"] = renglon
            persona.append(f)
            anterior = f["elector"]
        cerrar()
    return cuenta


def apuntar(persona, compromisos):
    """Guarda el compromiso y el grupo de cada renglón propio (el grupo que dice su clase)."""
    for f in persona:
        if not f["party"]:
            if len(f["salt"]) != 64:
                raise Falla("una sal no mide 32 bytes")
            compromisos.append(compromiso_de(f["renglon"]).hex() + "," + grupo_de(f["class"]))


def comparar_raiz(carpeta, doc, integridad, compromisos, publicada, diferir):
    with open(os.path.join(carpeta, "annex_public.csv"), encoding="utf-8") as archivo:
        if archivo.readline().strip() != "commitment,group":
            raise Falla("el anexo público trae otras columnas")
        lineas = archivo.read().splitlines()
    if lineas != compromisos:
        distintas = len(set(lineas) ^ set(compromisos))
        diferir("annex_public.csv", f"{len(lineas)} compromisos", f"{distintas} no corresponden")
    hojas = [hoja_documento(doc)]
    for linea in lineas:
        compromiso, grupo = linea.split(",")
        hojas.append(hoja_publica(bytes.fromhex(compromiso), grupo))
    hallada = raiz_de(hojas)
    if integridad["hojas"] != len(hojas):
        diferir("integridad.hojas", integridad["hojas"], len(hojas))
    if integridad["raiz"] != hallada:
        diferir("integridad.raiz", integridad["raiz"], hallada)
    if publicada and publicada.strip().lower() != hallada:
        diferir("raíz publicada", publicada.strip().lower(), hallada)


def huella(ruta):
    estado = hashlib.sha256()
    with open(ruta, "rb") as archivo:
        for bloque in iter(lambda: archivo.read(1 << 20), b""):
            estado.update(bloque)
    return estado.hexdigest()


def verificar_constancia(ruta, publicada):
    """Una constancia prueba que un renglón está bajo la raíz y en qué clase, sin mostrar los demás."""
    with open(ruta, encoding="utf-8") as archivo:
        c = json.load(archivo)
    abierta = mitad_abierta(bytes.fromhex(c["sal"]), [c["renglon"][nombre] for nombre in ABIERTAS])
    valor = hoja_publica(unir(abierta, bytes.fromhex(c["reservado"])), c["grupo"])
    lugar, ultimo = c["lugar"], c["hojas"] - 1
    for hermano in c["camino"]:
        if ultimo == 0:
            return [("camino", "una prueba", "sobran pasos")], c
        if lugar % 2 or lugar == ultimo:
            valor = sha256(b"\x01" + bytes.fromhex(hermano) + valor)
            while lugar and not lugar % 2:
                lugar, ultimo = lugar >> 1, ultimo >> 1
        else:
            valor = sha256(b"\x01" + valor + bytes.fromhex(hermano))
        lugar, ultimo = lugar >> 1, ultimo >> 1
    if grupo_de(c["renglon"]["class"]) != c["grupo"]:
        return [("grupo", c["grupo"], grupo_de(c["renglon"]["class"]))], c
    if ultimo or valor.hex() != publicada.strip().lower():
        return [("raíz publicada", publicada, valor.hex())], c
    return [], c


def principal(argumentos):
    publicada = None
    if "--root" in argumentos[:-1]:
        lugar = argumentos.index("--root")
        publicada = argumentos[lugar + 1]
        argumentos = argumentos[:lugar] + argumentos[lugar + 2 :]
    if len(argumentos) == 2 and argumentos[0] == "--constancia" and publicada:
        return constancia(argumentos[1], publicada)
    if len(argumentos) != 1:
        print(__doc__)
        return 2
    diferencias, notas = verificar(argumentos[0], publicada)
    for nota in notas:
        print(f"NOTA {nota}")
    for figura, dicho, hallado in diferencias:
        print(f"NO CONCUERDA {figura}: el dictamen dice {dicho}; resulta {hallado}")
    if not publicada:
        print("NOTA sin --root no se sabe si es el dictamen publicado: uno falsificado entero también concuerda")
    if not diferencias:
        print("CONCUERDA: cada cifra, huella y la raíz" + (" publicada" if publicada else ""))
    return 2 if diferencias else 0


def constancia(ruta, publicada):
    try:
        diferencias, c = verificar_constancia(ruta, publicada)
    except (Falla, *ERRORES) as causa:
        diferencias, c = [("constancia", "completa y legible", decir(causa))], None
    for figura, dicho, hallado in diferencias:
        print(f"NO CONCUERDA {figura}: dice {dicho}; resulta {hallado}")
    if not diferencias:
        print("EL REGISTRO ESTÁ: {}, clase {}".format(c["renglon"]["record"], c["renglon"]["class"]))
    return 2 if diferencias else 0


if __name__ == "__main__":
    sys.exit(principal(sys.argv[1:]))
