"""Libraries whose cells are in several files."""

import pytest

from lmul.synth.technology.liberty_merge import merged
from lmul.synth.technology.liberty_syntax import Group, read_groups, write_groups


def _library(file: str, cell: str, attributes: str = "nom_voltage : 1;", groups: str = "") -> Group:
    return read_groups(f"library({file}) {{ {attributes} {groups}\n cell({cell}) {{ area : 1; }} }}", f"{file}.lib")


def test_cells_of_all_are_in_one() -> None:
    template = 'lu_table_template(t) { index_1("1"); }'
    other = 'lu_table_template(u) { index_1("2"); }'
    libraries = _library("a", "A", groups=template), _library("b", "B", groups=template + other), _library("c", "C")
    whole = merged(libraries)
    assert (whole.name, whole.get("nom_voltage")) == ("a", "1")
    assert [each.name for each in whole.all("cell")] == ["A", "B", "C"]
    assert [each.name for each in whole.all("lu_table_template")] == ["t", "u"]
    assert [each.name for each in libraries[0].all("cell")] == ["A"]


def test_one_stays_as_it_is() -> None:
    library = _library("a", "A", groups="operating_conditions(o) { } default_operating_conditions : o;")
    assert write_groups(merged([library])) == write_groups(library)


@pytest.mark.parametrize(
    ("attributes", "groups", "fault"),
    [
        ("nom_voltage : 2;", "", r"b\.lib:1: nom_voltage must be 1 as in a\.lib:1, not 2"),
        ("", "", r"b\.lib:1: nom_voltage must be 1 as in a\.lib:1, not left out"),
        ("nom_voltage : 1; time_unit : 1ps;", "", r"b\.lib:1: time_unit must be left out as in a\.lib:1, not 1ps"),
        (
            "nom_voltage : 1;",
            'lu_table_template(t) { index_1("2"); }',
            r"b\.lib:1: lu_table_template t must be as in a\.lib:1",
        ),
    ],
)
def test_what_numbers_depend_on_must_agree(attributes: str, groups: str, fault: str) -> None:
    first = _library("a", "A", groups='lu_table_template(t) { index_1("1"); }')
    with pytest.raises(ValueError, match=rf"^{fault}$"):
        merged([first, _library("b", "B", attributes, groups)])


def test_a_cell_is_given_once() -> None:
    first, again = _library("a", "A"), _library("b", "A")
    with pytest.raises(ValueError, match=r"^b\.lib:2: cell A must be given once, not also in a\.lib:2$"):
        merged([first, again])
    first.content += again.content
    with pytest.raises(ValueError, match=r"^b\.lib:2: cell A must be given once, not also in a\.lib:2$"):
        merged([first])
