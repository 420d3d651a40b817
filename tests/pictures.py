"""Real pictures for tests; uploads are drawn anew, so a head without a body is refused."""

import io

from PIL import Image


def png(colour="#1b4f9c"):
    out = io.BytesIO()
    Image.new("RGB", (8, 8), colour).save(out, "PNG")
    return out.getvalue()


PNG = png()
