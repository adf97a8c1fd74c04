"""The free fonts the glyph model learns from, and the handwriting fonts it never sees.

npm packages ``@fontsource/NAME`` (``npm i``) and Debian packages (``apt-get install``); where each one's
licence is stated: ``ocr/weights/glyphs.md``.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Font:
    """One family: where its files lie under the font folder, and what it is used for."""

    name: str
    files: tuple[str, ...]
    hand: bool
    held_out: bool = False


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


HAND = _words("""amatic-sc andika annie-use-your-telescope bad-script balsamiq-sans bubblegum-sans calligraffitti
cedarville-cursive chilanka comic-neue comic-relief covered-by-your-grace crafty-girls dawning-of-a-new-day
dekko delicious-handrawn delius edu-nsw-act-foundation edu-qld-beginner edu-sa-beginner edu-tas-beginner
edu-vic-wa-nt-beginner finger-paint fuzzy-bubbles gaegu gamja-flower give-you-glory gloria-hallelujah
grape-nuts hachi-maru-pop handlee hi-melody homemade-apple itim just-another-hand kavivanar kiwi-maru
klee-one kosugi-maru kristi la-belle-aurore liu-jian-mao-cao londrina-solid long-cang loved-by-the-king
ma-shan-zheng mali mansalva marck-script mclaren nanum-brush-script nanum-pen-script nerko-one neucha
nova-script over-the-rainbow pangolin permanent-marker playpen-sans poor-story rock-salt satisfy schoolbell
sedgwick-ave sedgwick-ave-display shadows-into-light-two shantell-sans short-stack single-day sniglet
square-peg sriracha sue-ellen-francisco sunshiney swanky-and-moo-moo unkempt vibur waiting-for-the-sunrise
walter-turncoat yomogi zen-kurenaido zhi-mang-xing courgette kaushan-script""")

HELD_OUT = _words("""caveat indie-flower kalam reenie-beanie gochi-hand nothing-you-could-do coming-soon
the-girl-next-door shadows-into-light patrick-hand zeyada architects-daughter
just-me-again-down-here""")

DEBIAN_HAND = {
    "dkg": "**/fifthhorseman/dkg.ttf",
    "because-we-build": "**/bwht/BecauseWeBuild-Regular.otf",
    "because-we-connect": "**/bwht/BecauseWeConnect-Regular.otf",
    "because-we-create": "**/bwht/BecauseWeCreate-Regular.otf",
    "because-we-learn": "**/bwht/BecauseWeLearn-Regular.otf",
    "because-we-mentor": "**/bwht/BecauseWeMentor-Regular.otf",
    "because-we-organize": "**/bwht/BecauseWeOrganize-Regular.otf",
    "humor-sans": "**/humor-sans/Humor-Sans.ttf",
    "seto": "**/seto/setofont.ttf",
    "kiloji": "**/kiloji/kiloji.ttf",
    "kiloji-p": "**/kiloji/kiloji_p.ttf",
    "yozfont": "**/yozvox-yozfont/YOzRS_.ttf",
    "yusei-magic": "**/yusei-magic/YuseiMagic-Regular.ttf",
}
DEBIAN_HELD_OUT = {"breip": "**/breip/Breip.ttf"}

PRINT = {
    "dejavu-sans": "**/dejavu/DejaVuSans.ttf",
    "dejavu-sans-bold": "**/dejavu/DejaVuSans-Bold.ttf",
    "dejavu-mono": "**/dejavu/DejaVuSansMono.ttf",
    "dejavu-serif": "**/dejavu/DejaVuSerif.ttf",
    "liberation-sans": "**/liberation*/LiberationSans-Regular.ttf",
    "liberation-sans-bold": "**/liberation*/LiberationSans-Bold.ttf",
    "liberation-narrow": "**/liberation*/LiberationSansNarrow-Regular.ttf",
    "liberation-serif": "**/liberation*/LiberationSerif-Regular.ttf",
    "liberation-mono": "**/liberation*/LiberationMono-Regular.ttf",
    "free-sans": "**/freefont/FreeSans.ttf",
    "free-serif": "**/freefont/FreeSerif.ttf",
    "free-mono": "**/freefont/FreeMono.ttf",
    "free-mono-bold": "**/freefont/FreeMonoBold.ttf",
}
NPM_PRINT = _words("""roboto roboto-mono open-sans lato courier-prime special-elite inconsolata
anonymous-pro source-code-pro ibm-plex-mono pt-mono noto-sans montserrat arimo tinos cousine ubuntu""")

FONTS: tuple[Font, ...] = (
    *(Font(n, (f"**/@fontsource/{n}/files/{n}-latin-400-normal.woff2",), True) for n in HAND),
    *(Font(n, (f"**/@fontsource/{n}/files/{n}-latin-400-normal.woff2",), True, True) for n in HELD_OUT),
    *(Font(n, (p,), True) for n, p in DEBIAN_HAND.items()),
    *(Font(n, (p,), True, True) for n, p in DEBIAN_HELD_OUT.items()),
    *(Font(n, (p,), False) for n, p in PRINT.items()),
    *(Font(n, (f"**/@fontsource/{n}/files/{n}-latin-400-normal.woff2",), False) for n in NPM_PRINT),
)
"""Order fixes the number of each font (``Glyphs.hands``): append, never insert."""
