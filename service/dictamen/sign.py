"""Signing the PDF as PAdES (ETSI EN 319 142, baseline B-B) and checking that signature, offline.

The institution brings its certificate and key in a PKCS#12 file; a rehearsal makes its own, which says so in
its name. The certificate's fingerprint stands in dictamen.json, which the published root binds: a PDF signed
anew by anyone else is therefore found out without asking an authority.
"""

from __future__ import annotations

import hashlib
import io
import logging
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from asn1crypto import keys as asn1_keys  # type: ignore[import-untyped]
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import signers
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.registry import SimpleCertificateStore

from service.errors import Refused

FIELD = "Dictamen"
REHEARSAL_NAME = "ENSAYO - sin validez jurídica"
REHEARSAL_YEARS = 5


@dataclass(frozen=True, repr=False)
class Signer:
    """A certificate with its key. ``rehearsal`` marks the self-made one."""

    key_der: bytes
    certificate_der: bytes
    chain_der: tuple[bytes, ...]
    rehearsal: bool

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the certificate, hexadecimal."""
        return hashlib.sha256(self.certificate_der).hexdigest()

    @property
    def subject(self) -> str:
        """The holder's name as the certificate has it."""
        return _common_name(self.certificate_der)


@dataclass(frozen=True)
class SignatureCheck:
    """What a PDF's signature holds: ``fault`` is empty if it stands over the whole file."""

    fault: str
    subject: str = ""
    fingerprint: str = ""
    signed_prefix: int = 0  # bytes of the file as it was before signing


def make_rehearsal_signer(on: datetime) -> Signer:
    """A new 3072-bit RSA key with a self-made certificate that names itself a rehearsal."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=3072)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, REHEARSAL_NAME)])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(on - timedelta(days=1))
        .not_valid_after(on + timedelta(days=365 * REHEARSAL_YEARS))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_signing_usage(), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    return _pack(key, certificate, (), rehearsal=True)


def load_signer(path: Path, password: bytes | None) -> Signer:
    """The institution's certificate from a PKCS#12 file.

    Raises Refused ``FIRMA_ILEGIBLE`` when the file or its password does not serve.
    """
    try:
        key, certificate, chain = pkcs12.load_key_and_certificates(path.read_bytes(), password)
    except (ValueError, OSError) as cause:
        raise Refused("FIRMA_ILEGIBLE", "El archivo de firma no se pudo abrir; revise la contraseña.") from cause
    if not isinstance(key, rsa.RSAPrivateKey) or certificate is None:
        raise Refused("FIRMA_ILEGIBLE", "El archivo de firma debe traer una clave RSA y su certificado.")
    rehearsal = _common_name(certificate.public_bytes(serialization.Encoding.DER)) == REHEARSAL_NAME
    return _pack(key, certificate, tuple(chain), rehearsal=rehearsal)


def save_signer(signer: Signer, path: Path, password: bytes) -> None:
    """Keep a signer as PKCS#12 under a password, readable by its owner only."""
    key = serialization.load_der_private_key(signer.key_der, None)
    if not isinstance(key, rsa.RSAPrivateKey):
        raise TypeError("an RSA key was expected")
    data = pkcs12.serialize_key_and_certificates(
        b"respaldo",
        key,
        x509.load_der_x509_certificate(signer.certificate_der),
        [x509.load_der_x509_certificate(one) for one in signer.chain_der],
        serialization.BestAvailableEncryption(password),
    )
    path.touch(mode=0o600)
    path.write_bytes(data)


def sign_pdf(pdf: bytes, signer: Signer, *, reason: str) -> bytes:
    """The same bytes followed by an incremental update that holds the PAdES signature."""
    store = SimpleCertificateStore()
    store.register(asn1_x509.Certificate.load(signer.certificate_der))
    for one in signer.chain_der:
        store.register(asn1_x509.Certificate.load(one))
    simple = signers.SimpleSigner(
        signing_cert=asn1_x509.Certificate.load(signer.certificate_der),
        signing_key=asn1_keys.PrivateKeyInfo.load(signer.key_der),
        cert_registry=store,
    )
    meta = signers.PdfSignatureMetadata(
        field_name=FIELD, reason=reason, subfilter=SigSeedSubFilter.PADES, md_algorithm="sha256"
    )
    out = io.BytesIO()
    signers.PdfSigner(meta, simple).sign_pdf(IncrementalPdfFileWriter(io.BytesIO(pdf)), output=out)
    return out.getvalue()


def check_signature(pdf: bytes, expected_fingerprint: str) -> SignatureCheck:
    """Whether the one signature covers the whole file, is sound, and is of the expected certificate."""
    try:
        embedded = PdfFileReader(io.BytesIO(pdf)).embedded_signatures
    except Exception as cause:  # noqa: BLE001 - a broken PDF fails in many ways; each is the same finding
        return SignatureCheck(f"el PDF no se puede leer ({type(cause).__name__})")
    if len(embedded) != 1:
        return SignatureCheck(f"el PDF lleva {len(embedded)} firmas y debe llevar una")
    signature = embedded[0]
    der = signature.signer_cert.dump()
    found = hashlib.sha256(der).hexdigest()
    if found != expected_fingerprint:
        return SignatureCheck("el PDF lo firmó otro certificado", _common_name(der), found)
    context = ValidationContext(
        trust_roots=[asn1_x509.Certificate.load(der)], allow_fetching=False, revocation_mode="soft-fail"
    )
    logging.getLogger("pyhanko").setLevel(logging.CRITICAL)
    status = validate_pdf_signature(signature, signer_validation_context=context)
    coverage = status.coverage.name
    if not (status.intact and status.valid):
        fault = "la firma no corresponde al contenido del PDF"
    elif coverage != "ENTIRE_FILE":
        fault = "la firma no cubre el archivo entero"
    else:
        fault = ""
    return SignatureCheck(fault, _common_name(der), found, unsigned_length(pdf))


def stated_in(pdf: bytes) -> tuple[str, str]:
    """The SHA-256 of dictamen.json and the root that a PDF carries among its keywords, empty where it has none."""
    try:
        info = PdfFileReader(io.BytesIO(pdf)).trailer["/Info"]
        words = str(info["/Keywords"])
    except Exception:  # noqa: BLE001 - a broken PDF fails in many ways; it then states nothing
        return "", ""
    found = dict(re.findall(r"(sha256|raiz)=([0-9a-f]{64})", words))
    return found.get("sha256", ""), found.get("raiz", "")


def unsigned_length(pdf: bytes) -> int:
    """Bytes of the PDF before its incremental update: up to the end of the first ``%%EOF`` line."""
    mark = pdf.find(b"%%EOF")
    if mark < 0:
        return len(pdf)
    end = mark + len(b"%%EOF")
    while end < len(pdf) and pdf[end : end + 1] in b"\r\n":
        end += 1
    return end


def _signing_usage() -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        content_commitment=True,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )


def _pack(
    key: rsa.RSAPrivateKey,
    certificate: x509.Certificate,
    chain: tuple[x509.Certificate, ...],
    *,
    rehearsal: bool,
) -> Signer:
    key_der = key.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    der = serialization.Encoding.DER
    return Signer(key_der, certificate.public_bytes(der), tuple(one.public_bytes(der) for one in chain), rehearsal)


def _common_name(der: bytes) -> str:
    names = x509.load_der_x509_certificate(der).subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(names[0].value) if names else "(sin nombre)"


__all__ = [
    "SignatureCheck",
    "Signer",
    "check_signature",
    "load_signer",
    "make_rehearsal_signer",
    "save_signer",
    "sign_pdf",
    "stated_in",
    "unsigned_length",
]
