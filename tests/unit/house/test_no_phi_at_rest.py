"""What the embedded stack leaves on a disk tells nobody else about people."""

from pathlib import Path

from deploy.embedded import postgres
from deploy.home import Home


def test_files_that_name_people_are_their_owners_alone(tmp_path: Path) -> None:
    home = Home.at(tmp_path / "home")
    assert (home.root / "files").stat().st_mode & 0o077 == 0
    assert (home.root / "keys").stat().st_mode & 0o077 == 0


def test_who_opened_the_files_to_others_is_not_overruled(tmp_path: Path) -> None:
    home = Home.at(tmp_path)
    (home.root / "files").chmod(0o750)
    Home.at(tmp_path)
    assert (home.root / "files").stat().st_mode & 0o777 == 0o750


def test_no_log_of_a_database_quotes_a_statement_its_values_or_a_row() -> None:
    compose = (Path(__file__).parents[3] / "docker-compose.yml").read_text()
    for setting in (
        "log_min_error_statement",
        "log_error_verbosity",
        "log_parameter_max_length_on_error",
    ):
        assert f"\n{setting} = " in postgres._CONFIG
        assert f'"{setting}=' in compose
