"""One page read from picture to rows: who wrote where, who signed, what is struck, and that no ink is lost."""

import threading

import cv2
import numpy as np
import paper
import pytest

from ocr import engine as engines
from ocr.engine import GuardedEngine, doubt
from ocr.page import read_page, scan_page
from ocr.reading import ALPHABET, BLANK, Answer, PageKind, page_from_json, page_to_json

FOLIO = "1040000173"
QR = f"R1.{FOLIO}.cedula-2027-v1.ABCDEFGHIJKLMNOP"


@pytest.fixture(scope="module")
def sheet(form):
    return paper.blank_sheet(form, qr=QR, folio="104-000017-3")


@pytest.fixture(scope="module")
def filled(sheet, form):
    rows = paper.people(range(1, 8))
    rows[2]["firma"] = paper.dash
    rows[3]["firma"] = paper.tick
    rows[4]["firma"] = paper.fingerprint
    rows[5]["firma"] = paper.line_through
    del rows[6]["firma"]
    rows[7]["clave_elector"] = paper.strike
    return paper.fill(sheet, form, rows, seed=5)


@pytest.fixture(scope="module", params=["colour", "grey, upside down"])
def reading(request, filled, form):
    import conftest

    laid = {"skew": 1.0} if request.param == "colour" else {"grey": True, "turn": 2, "skew": -1.5, "dpi": 200}
    return read_page(paper.scan(filled, **laid).image, [form], conftest.StandIn())


def test_the_sheet_says_which_it_is(reading):
    assert reading.kind is PageKind.SHEET
    assert reading.form == "cedula-2027-v1"
    assert reading.qr == QR
    assert reading.folio == FOLIO
    assert reading.residual_mm < 0.1


def test_no_row_with_ink_is_lost_and_none_is_invented(reading):
    assert [row.has_ink for row in reading.rows] == [True] * 7 + [False]


def answers(reading):
    return {row.row: row.signal("signature").answer for row in reading.rows}


def test_signatures_marks_and_empty_boxes_are_told_apart(reading):
    yes, no, unknown = Answer.YES, Answer.NO, Answer.UNKNOWN
    assert answers(reading) == {1: yes, 2: unknown, 3: unknown, 4: yes, 5: unknown, 6: no, 7: yes, 8: no}
    marked = [row.row for row in reading.rows if row.signal("mark")]
    assert marked == [2, 3, 5], "what may be no signature is for a person"


def test_a_strike_out_is_told_of_its_row_and_of_no_other(reading):
    struck = [row.row for row in reading.rows if row.signal("strike") or row.signal("overwrite")]
    assert struck == [7]
    assert reading.rows[6].signal("strike").box is not None


def test_blank_fields_read_blank_and_written_ones_bear_ink(reading):
    assert reading.rows[7].fields["clave_elector"].empty
    assert reading.rows[0].fields["clave_elector"].lattice.shape == (18, len(ALPHABET))
    assert not reading.rows[0].fields["clave_elector"].empty
    assert reading.rows[0].text("nombre") == "ALGO"


def test_a_reading_survives_the_way_through_json(reading):
    again = page_from_json(page_to_json(reading))
    assert again.kind is reading.kind
    assert [s.code for s in again.rows[0].signals] == [s.code for s in reading.rows[0].signals]


def test_sentences_are_spanish_and_hold_no_data(reading):
    sentences = [s.sentence for row in reading.rows for s in row.signals] + [s.sentence for s in reading.signals]
    assert sentences
    assert all(s.endswith(".") and "PEÑA" not in s and "FARO" not in s for s in sentences)


def test_a_tail_that_hangs_into_the_next_box_signs_nothing_there(sheet, form, engine):
    def long_tail(cover, box, rng):
        paper.signature(cover, box, rng)
        t = np.linspace(0, 1, 80)
        x = box.x + box.w * (0.45 + 0.05 * np.sin(9 * t))
        paper._polyline(cover, np.stack([x, box.y + box.h * (0.3 + 1.1 * t)], 1), 0.38)

    rows = {3: {**paper.people([3])[3], "firma": long_tail}}
    found = read_page(paper.scan(paper.fill(sheet, form, rows, seed=2)).image, [form], engine)
    assert answers(found)[3] is Answer.YES
    assert answers(found)[4] is Answer.NO


@pytest.mark.parametrize(
    "field", ["nombre", "clave_elector", "numero_ocr", "demarcacion", "seccion", "fecha", "firma"]
)
def test_ink_in_any_one_field_makes_a_row(field, sheet, form, engine):
    values = paper.people([5])[5]
    found = read_page(paper.scan(paper.fill(sheet, form, {5: {field: values[field]}})).image, [form], engine)
    assert [row.row for row in found.rows if row.has_ink] == [5]


def test_crops_show_page_and_rows_upright(filled, form, engine):
    scan = scan_page(paper.scan(filled, turn=2, skew=2).image, [form], engine)
    assert set(scan.crops) == {"page", *(f"row-{n}" for n in range(1, 9))}
    pages = {name: cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR) for name, data in scan.crops.items()}
    assert pages["page"].shape[1] == 1400
    assert {p.shape[1] for name, p in pages.items() if name != "page"} == {1600}
    found = read_page(cv2.resize(pages["page"], None, fx=1.6, fy=1.6), [form], engine)
    assert found.kind is PageKind.SHEET, "the preview lies as the form does"


def test_an_empty_page_is_blank_and_a_strange_one_foreign(form, engine):
    rng = np.random.default_rng(1)
    white = np.clip(rng.normal(248, 2, (1650, 1275, 3)), 0, 255).astype(np.uint8)
    assert read_page(white, [form], engine).kind is PageKind.BLANK
    letter = white.copy()
    for line in range(12):
        cv2.putText(letter, "Estimados todos, buenos dias", (90, 200 + 90 * line), 0, 1.6, (30, 30, 30), 3)
    assert read_page(letter, [form], engine).kind is PageKind.FOREIGN


# ---------------------------------------------------------------- faulty engines


class Falls:
    version = "falls"

    def read_cells(self, cells):
        raise RuntimeError("secret contents")

    read_lines = read_cells


class Silent:
    version = "silent"

    def read_cells(self, cells):
        return np.zeros((0, 37), np.float32)

    def read_lines(self, lines):
        return []


class Garbled(Silent):
    version = "garbled"

    def read_cells(self, cells):
        return np.full((len(cells), 37), np.nan, np.float32)

    def read_lines(self, lines):
        return [(("X", 7.0),) for _ in lines]


class Slow(Silent):
    """Stands still until the test lets it go."""

    version = "slow"
    let_go = threading.Event()

    def read_cells(self, cells):
        self.let_go.wait(30)
        return doubt(len(cells))

    def read_lines(self, lines):
        return self.read_cells(lines)


@pytest.fixture
def short_patience(monkeypatch):
    monkeypatch.setattr(engines, "ENGINE_SECONDS", 0.2)
    yield
    Slow.let_go.set()


@pytest.mark.usefixtures("short_patience")
@pytest.mark.parametrize("faulty", [Falls, Silent, Garbled, Slow])
def test_a_faulty_engine_leaves_doubt_and_the_rows_stand(faulty, filled, form, caplog):
    found = read_page(paper.scan(filled).image, [form], faulty())
    assert [row.has_ink for row in found.rows] == [True] * 7 + [False]
    assert found.engine == f"{faulty.version}!"
    assert found.rows[0].fields["clave_elector"].probability < 0.01
    assert found.rows[0].fields["nombre"].probability == 0.0
    assert "secret" not in caplog.text


def test_a_sound_engine_is_handed_only_cells_with_ink(engine):
    shown = []

    class Counting:
        version = "counting"

        def read_cells(self, cells):
            shown.extend(cells)
            return doubt(len(cells))

        def read_lines(self, lines):
            return [() for _ in lines]

    blank, inked = np.full((40, 30), 255, np.uint8), np.full((40, 30), 255, np.uint8)
    inked[10:30, 15] = 0
    lattice = GuardedEngine(Counting()).read_cells([blank, inked, blank])
    assert len(shown) == 1
    assert [ALPHABET[n] for n in lattice.argmax(1)][0::2] == ["·", "·"]


@pytest.mark.parametrize("grey", [False, True])
def test_a_pale_pen_is_ink_and_what_shows_through_the_paper_is_none(sheet, form, engine, grey):
    """A pencil or a pen running dry keeps a fifth of its darkness: legible to a person, so to us."""
    page = paper.fill(sheet, form, paper.people([2, 5], 8), seed=8, pen=(186, 190, 212))
    behind = paper.fill(sheet, form, paper.people([1, 3, 4, 6, 7, 8], 9), seed=9, pen=paper.BLACK)[:, ::-1]
    through = np.where(sheet[..., :1] > 250, 1 - 0.05 * (255.0 - behind) / 255, 1.0)
    image = paper.scan((page * through).astype(np.uint8), dpi=200, grey=grey, seed=8).image
    reading = read_page(image, [form], engine)
    assert {row.row for row in reading.rows if row.has_ink} == {2, 5}
    for row in (2, 5):
        assert BLANK not in reading.rows[row - 1].text("clave_elector")
        assert reading.rows[row - 1].signal("signature").answer is Answer.YES


@pytest.mark.parametrize("pen", [(240, 130, 30), (240, 220, 40)])
def test_a_pen_in_the_drop_out_colour_is_not_lost(sheet, form, engine, pen):
    """Orange and yellow vanish with the print of a sheet scanned in colour; an empty field gets them back."""
    page = paper.fill(sheet, form, paper.people([2, 5], 8), seed=8, pen=pen)
    reading = read_page(paper.scan(page, dpi=200, seed=8).image, [form], engine)
    assert {row.row for row in reading.rows if row.has_ink} == {2, 5}
    for row in (2, 5):
        assert BLANK not in reading.rows[row - 1].text("clave_elector")
        assert reading.rows[row - 1].signal("signature").answer is Answer.YES


def as_fax(image):
    levels = cv2.threshold(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), 150, 255, cv2.THRESH_BINARY)[1]
    return cv2.cvtColor(levels, cv2.COLOR_GRAY2BGR)


def streaked(image):
    """Dirt on the glass of a scanner that feeds the sheet on its short side."""
    out = image.copy()
    out[:, int(0.4 * image.shape[1]) :][:, :3] = 60
    return out


@pytest.mark.parametrize("spoil", [as_fax, streaked, lambda image: 255 - image], ids=["fax", "streak", "negative"])
def test_a_fax_a_streak_and_a_negative_invent_no_row_and_lose_none(sheet, form, engine, spoil):
    page = paper.fill(sheet, form, paper.people([2, 5, 7], 8), seed=8)
    reading = read_page(spoil(paper.scan(page, seed=3).image), [form], engine)
    assert {row.row for row in reading.rows if row.has_ink} == {2, 5, 7}
    assert {row.signal("signature").answer for row in reading.rows if row.has_ink} == {Answer.YES}
    assert reading.signal("copy").answer is (Answer.UNKNOWN if spoil is as_fax else Answer.NO)
    assert reading.signal("electronic") is None


def shadowed(image):
    """A hand's shadow over the left third, with a hard edge, and a lamp that burns on the right."""
    u = np.linspace(0, 1, image.shape[1], dtype=np.float32)
    light = np.where(u < 0.35, 0.4, 0.8 + 0.35 * u)
    return np.clip(image * light[None, :, None], 0, 255).astype(np.uint8)


def test_uneven_light_invents_no_row_and_loses_none(sheet, form, engine):
    page = paper.fill(sheet, form, paper.people([2, 5, 7], 8), seed=8)
    reading = read_page(shadowed(paper.scan(page, dpi=200, seed=3).image), [form], engine)
    assert {row.row for row in reading.rows if row.has_ink} == {2, 5, 7}
    for row in (2, 5, 7):
        assert BLANK not in reading.rows[row - 1].text("clave_elector") + reading.rows[row - 1].text("numero_ocr")
        assert reading.rows[row - 1].signal("signature").answer is Answer.YES


def torn_across(image):
    image = image.copy()
    image[int(0.56 * len(image)) :] = 255
    return image


def cut_on_the_right(image):
    return np.ascontiguousarray(image[:, : int(0.66 * image.shape[1])])


@pytest.mark.parametrize(("spoil", "hidden"), [(torn_across, {6, 7, 8}), (cut_on_the_right, set(range(1, 9)))])
def test_what_the_picture_does_not_show_is_asked_and_never_taken_for_empty(sheet, form, engine, spoil, hidden):
    page = paper.fill(sheet, form, paper.people([2, 4, 7], 8), seed=8)
    reading = read_page(spoil(paper.scan(page, dpi=200, seed=3).image), [form], engine)
    for row in reading.rows:
        if row.row in hidden:
            assert row.has_ink  # a record: somebody may have signed there
            assert row.signal("signature").answer is Answer.UNKNOWN
    assert {row.row for row in reading.rows if row.row not in hidden | {5} and row.has_ink} == {2, 4} - hidden


def test_a_stain_is_no_signature_and_hides_none(sheet, form, engine):
    page = paper.fill(sheet, form, paper.people([2, 5], 8), seed=8)
    b = form.rows[6].fields["firma"].box
    cloud = np.zeros(page.shape[:2], np.float32)
    rng = np.random.default_rng(3)
    for _ in range(40):
        x, y = rng.uniform(b.x + 6, b.x + b.w - 6), rng.uniform(b.y + 3, b.y + b.h - 3)
        cv2.circle(
            cloud, (paper.px(x), paper.px(y)), paper.px(rng.uniform(0.8, 2.5)), float(rng.uniform(0.2, 0.6)), -1
        )
    cloud = cv2.GaussianBlur(cloud, (0, 0), paper.px(1.0))
    stained = (page * (1 - cloud[..., None] * [0.3, 0.5, 0.8])).astype(np.uint8)
    reading = read_page(paper.scan(stained, dpi=200, seed=3).image, [form], engine)
    assert [reading.rows[row - 1].signal("signature").answer for row in (2, 5)] == [Answer.YES] * 2
    assert reading.rows[6].signal("signature").answer is Answer.UNKNOWN


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("tone", [0, 60])
def test_patches_over_whole_boxes_leave_the_other_rows_as_they_are(sheet, form, engine, tone):
    """Tape, a marker or a hand's shadow so dark that a box is all ink: no stroke in it has an edge."""
    page = paper.fill(sheet, form, paper.people([2, 5], 8), seed=8)
    for row, name in ((3, "firma"), (4, "clave_elector"), (4, "numero_ocr"), (6, "firma")):
        b = form.rows[row - 1].fields[name].box
        page[paper.px(b.y - 2) : paper.px(b.y + b.h + 2), paper.px(b.x - 2) : paper.px(b.x + b.w + 2)] = tone
    reading = read_page(paper.scan(page, dpi=200, seed=3).image, [form], engine)
    assert {row.row for row in reading.rows if row.has_ink} == {2, 3, 4, 5, 6}
    assert [reading.rows[row - 1].signal("signature").answer for row in (2, 5)] == [Answer.YES] * 2
