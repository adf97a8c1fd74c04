"""Pages generated from the code: the map of the law (``docs/ley.md``) beside the register of ambiguities."""

from __future__ import annotations

from service.law import table
from service.law.articulo_323 import PARRAFOS, VECINOS
from service.law.parameters import bundled
from service.law.records import Clase
from service.law.sentences import CITES, LABELS

_HEAD = """# La ley en el código

El artículo 323 del CIPECDMX, párrafo por párrafo, y sus vecinos: dónde se computa cada uno (`service/law/`) o por
qué no computa nada. La página se genera del código (`service/law/pages.py`) y una prueba la mantiene igual. El
texto oficial no se copia aquí. Lo que el texto deja abierto está en [ambiguedades.md](ambiguedades.md).

## Párrafos del artículo 323
"""

_OUTCOME = """## Cuándo se afirma CUMPLE o NO CUMPLE

Solo si es cierto en todo desenlace de lo que está abierto en la misma contienda (mismo cargo y ámbito), con los
rivales: cada registro pendiente o en audiencia puede entrar o no, su fecha desconocida puede fijarse en cualquier
día entre el inicio del periodo y la recepción, y cada empate puede decidirse para cualquiera de los empatados o
para nadie. Si no, INDETERMINADO.

Un desenlace se descompone por persona electora: para cada aspirante, una persona cuenta *siempre*, *quizá* o
*nunca*, y la suerte de una no toca la de otra. Más apoyos nunca perjudican, así que el mejor desenlace toma todo
«quizá» y el peor ninguno. Un registro del que aún no se sabe de quién es puede resultar de cualquier persona del
ámbito: al propio aspirante le suma, a lo más, una; a un rival le quita, a lo más, una que no sea posterior. El
cálculo es exacto para el umbral y para el mejor desenlace; para la distribución, donde vaciar unidades con
registros de rivales es un problema sin solución rápida conocida, se acota por ambos lados, se busca donde las
cotas no coinciden y, si la búsqueda se alarga, se responde INDETERMINADO. Las pruebas lo comparan con la fuerza
bruta sobre miles de casos al azar (`tests/law/test_brute_force.py`).

Los pendientes se ordenan por si pueden cambiar un resultado (`service.law.impacts`): primero los que pueden, y de
ellos los más cercanos al borde.
"""


def law_markdown() -> str:
    """``docs/ley.md``: paragraphs, neighbours, classes, parameters, outcome, and the CSV of ``law rule``."""
    lines = [*_HEAD.splitlines(), "", "| párr. | asunto | dónde | lo que no se computa |", "|---|---|---|---|"]
    for parrafo in PARRAFOS:
        where = ", ".join(f"`{f.__module__.removeprefix('service.law.')}.{f.__name__}`" for f in parrafo.codigo)
        lines.append(f"| {parrafo.numero} | {parrafo.asunto} | {where or '—'} | {parrafo.sin_codigo or '—'} |")
    lines += ["", "## Artículos vecinos", "", "| art. | asunto | dónde |", "|---|---|---|"]
    lines += [f"| {article} | {about} | `{where}` |" for article, about, where in VECINOS]
    lines += ["", "## Clases, en orden de precedencia", "", "| clase | significado | fundamento |", "|---|---|---|"]
    lines += [f"| {clase.value} | {LABELS[clase]} | {CITES[clase]} |" for clase in Clase]
    lines += [
        "",
        "La clase de un registro es la causa establecida de mayor precedencia. Sin causa: Q1 si no está procesado o",
        "no consta su original; Q2 si hay una sospecha, lectura o cotejo abierto; Q3 si está en audiencia; si no,",
        "compite por la persona (DT, D2, D1) o es V. Recibidos = suma de clases, por aspirante, lote y hoja.",
        "",
        "## Parámetros por defecto",
        "",
        "| parámetro | valor | admite | base | desde |",
        "|---|---|---|---|---|",
    ]
    for clave, default in bundled().items():
        valor, admite = (_shown(default[key]) for key in ("valor", "admite"))
        lines.append(f"| `{clave}` | {valor} | {admite} | {default['base']} | {default['vigente_desde']} |")
    lines += ["", *_OUTCOME.splitlines(), "", "## El CSV de `respaldo law rule`", ""]
    lines += ["```text", *(table.__doc__ or "").strip().splitlines(), "```", ""]
    lines.append(f"La salida lleva las columnas {', '.join(f'`{column}`' for column in table.OUTPUT)}.")
    return "\n".join(lines) + "\n"


def _shown(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
