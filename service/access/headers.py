"""What every answer carries: only our own files run, nothing is framed, personal pages are not kept."""

from __future__ import annotations

from flask import Flask, Response, request

CONTENT_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",  # data: only for the QR of the second factor, drawn by the library
        "connect-src 'self'",
        "font-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
LOCAL_HOSTS = ("127.0.0.1", "localhost", "[::1]")


def dress(app: Flask) -> None:
    """Add the headers to every answer of the app."""

    @app.after_request
    def add_headers(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = CONTENT_POLICY
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "same-origin"
        response.headers["Permissions-Policy"] = "camera=(), microphone=(), geolocation=()"
        response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
        if request.endpoint == "static":
            response.headers["Cache-Control"] = "public, max-age=3600"
        elif "Cache-Control" not in response.headers:
            response.headers["Cache-Control"] = "no-store, private"
        if request.is_secure and not request.host.startswith(LOCAL_HOSTS):
            response.headers["Strict-Transport-Security"] = "max-age=31536000"
        return response
