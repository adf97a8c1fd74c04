"""Playing the reviewers: only what was asked is answered, by item, and what nobody decided stays open."""

import csv
from pathlib import Path

from samples.answers import answers_of
from samples.make import HERE
from samples.reviewers import pick

ANSWERS = "record,kind,decision,reason,clave\nr1,match,elector,visto,KEY\nr1,strike,clean,visto,\n"


def test_answers_are_picked_by_record_and_kind_and_name_the_item(tmp_path: Path) -> None:
    asked = "record,item,kind,reasons,candidates\nr1,7,strike,x,\nr1,9,tie,x,\nr2,4,match,x,\n"
    (tmp_path / "list.csv").write_text(asked, encoding="utf-8")
    (tmp_path / "answers.csv").write_text(ANSWERS, encoding="utf-8")
    out = tmp_path / "out.csv"
    assert pick(tmp_path / "list.csv", tmp_path / "answers.csv", out, "ana") == (1, 2)
    with out.open(encoding="utf-8", newline="") as file:
        assert list(csv.DictReader(file)) == [
            {"record": "r1", "decision": "clean", "reason": "visto", "clave": "", "by": "ana", "item": "7"}
        ]


def test_every_record_has_an_answer_to_each_question_but_the_undecided() -> None:
    with (HERE / "answers.csv").open(encoding="utf-8", newline="") as file:
        known = {(row["record"], row["kind"]) for row in csv.DictReader(file)}
    with (HERE / "truth.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            kinds = {kind for kind, *_ in answers_of(row)}
            open_kinds = {kind for kind in kinds if (row["record"], kind) not in known}
            assert open_kinds == set(filter(None, row["undecided"].split("+")))
