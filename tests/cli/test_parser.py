"""The parser: help, version, exit statuses, and the streams that are written to."""

import argparse
import os
import shlex
import subprocess
import sys
import warnings
from importlib.metadata import version
from types import SimpleNamespace

import pytest

from automl import AutoMLWarning, FileError
from automl.cli import parser as module
from automl.cli.parser import COMMANDS, DESCRIPTION, EXAMPLES, main, make_parser

TIMEOUT = 600  # seconds: ends a test that hangs, and no other on a busy machine
LINE_WIDTH = 79  # a terminal has 80 columns, and argparse does not wrap these texts
TEXTS = [DESCRIPTION, EXAMPLES] + [
    text for command in COMMANDS.values() for text in (command.DESCRIPTION, command.EXAMPLES)
]


def actions_of(name):
    parser = argparse.ArgumentParser(add_help=False)
    COMMANDS[name].add_options(parser)
    return parser, parser._actions


def run_module(*arguments, **options):
    command = [sys.executable, "-m", "automl", *arguments]
    return subprocess.run(command, text=True, timeout=TIMEOUT, **options)


def replace_command(monkeypatch, run):
    command = SimpleNamespace(
        SUMMARY="", DESCRIPTION="", EXAMPLES="", add_options=lambda parser: None, run=run
    )
    monkeypatch.setitem(module.COMMANDS, "demo", command)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_option_has_its_meaning_and_its_default(name):
    parser, actions = actions_of(name)
    assert actions
    for action in actions:
        assert action.help, action
        if action.required:
            assert "default" not in action.help
        else:
            assert "(default: " in action.help, action
        if action.option_strings and action.required:
            assert "(required)" in action.help
        if action.default not in (None, [], False):
            assert "(default: %(default)" in action.help, action
    assert "%(" not in parser.format_help()


@pytest.mark.parametrize("name", COMMANDS)
def test_an_option_that_takes_a_value_names_its_unit(name):
    _, actions = actions_of(name)
    for action in actions:
        assert action.choices or action.metavar or action.nargs == 0, action
        assert action.type is not float or action.metavar == "SECONDS", action
        assert action.type is not int or action.metavar == "N", action


@pytest.mark.parametrize("name", COMMANDS)
def test_help_of_a_command(name, capsys):
    with pytest.raises(SystemExit) as ending:
        main([name, "--help"])
    assert ending.value.code == 0
    captured = capsys.readouterr()
    assert captured.err == ""
    assert captured.out.startswith(f"usage: automl {name} ")
    assert COMMANDS[name].DESCRIPTION in captured.out
    assert captured.out.endswith(f"{COMMANDS[name].EXAMPLES}\n")


def test_help_lists_every_command_in_a_line(capsys):
    with pytest.raises(SystemExit) as ending:
        main(["--help"])
    assert ending.value.code == 0
    captured = capsys.readouterr()
    assert captured.err == ""
    lines = [line.split(maxsplit=1) for line in captured.out.splitlines()]
    for name, command in COMMANDS.items():
        assert [name, command.SUMMARY] in lines


@pytest.mark.parametrize("text", TEXTS)
def test_sentences_and_examples_fit_a_terminal(text):
    assert max(map(len, text.splitlines())) <= LINE_WIDTH


def test_every_command_has_an_example_that_parses():
    texts = [EXAMPLES, *(command.EXAMPLES for command in COMMANDS.values())]
    lines = [line.strip() for text in texts for line in text.splitlines()]
    examples = [shlex.split(line)[1:] for line in lines if line.startswith("automl ")]
    parsed = [make_parser().parse_args(arguments).command for arguments in examples]
    assert set(parsed) == set(COMMANDS)


@pytest.mark.parametrize("option", ["--version", "-V"])
def test_version(option, capsys):
    assert main([option]) == 0
    captured = capsys.readouterr()
    assert captured.out == f"automl {version('automl-gp')}\n"
    assert captured.err == ""


def test_no_arguments_print_the_help(capsys):
    assert main([]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err == make_parser().format_help()
    assert "error" not in captured.err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["train"], "invalid choice: 'train'"),
        (["fit"], "required: TRAIN, --target"),
        (["resume", "train.csv", "--target", "price"], "required: --history"),
        (["fit", "train.csv", "--target", "price", "--budget", "soon"], "invalid float value"),
        (["fit", "train.csv", "--target", "price", "--strategy", "luck"], "'genetic'"),
    ],
)
def test_wrong_usage(arguments, words, capsys):
    with pytest.raises(SystemExit) as ending:
        main(arguments)
    assert ending.value.code == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    # The texts of argparse differ in quotes between versions of Python.
    assert words.replace("'", "") in captured.err.replace("'", "")


def test_an_unknown_command_is_answered_with_all_commands(capsys):
    with pytest.raises(SystemExit):
        main(["train"])
    error = capsys.readouterr().err
    assert all(name in error for name in COMMANDS)


def test_an_error_is_one_line(monkeypatch, capsys):
    def run(options):
        raise FileError("'model' is not a model")

    replace_command(monkeypatch, run)
    assert main(["demo"]) == 1
    assert capsys.readouterr() == ("", "automl: 'model' is not a model\n")


@pytest.mark.filterwarnings("always")
def test_a_warning_is_one_line_beside_the_results(monkeypatch, capsys):
    def run(options):
        warnings.warn("the target has gaps", AutoMLWarning, stacklevel=2)
        print("result")

    replace_command(monkeypatch, run)
    assert main(["demo"]) == 0
    assert capsys.readouterr() == ("result\n", "automl: the target has gaps\n")


@pytest.mark.slow
def test_as_a_module(capsys):
    process = run_module("catalogue", "linear", capture_output=True)
    assert main(["catalogue", "linear"]) == process.returncode == 0
    assert process.stdout == capsys.readouterr().out
    assert process.stderr == ""


@pytest.mark.slow
def test_as_a_module_without_arguments():
    process = run_module(capture_output=True)
    assert process.returncode == 2
    assert process.stdout == ""
    assert process.stderr.startswith("usage: automl ")


# The catalogue overflows the buffer and fails in `print`; the version fails in the last flush.
# argparse itself ignores that its help could not be written.
@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "statuses"), [(["catalogue"], {1}), (["--version"], {1}), (["--help"], {0, 1})]
)
def test_a_broken_pipe_is_silent(arguments, statuses):
    reading_end, writing_end = os.pipe()
    os.close(reading_end)
    try:
        process = run_module(*arguments, stdout=writing_end, stderr=subprocess.PIPE)
    finally:
        os.close(writing_end)
    assert process.stderr == ""
    assert process.returncode in statuses


@pytest.mark.slow
def test_a_reader_of_the_first_line_gets_it():
    command = f"{shlex.quote(sys.executable)} -m automl catalogue | head -n 1"
    process = subprocess.run(
        command, shell=True, capture_output=True, text=True, check=True, timeout=TIMEOUT
    )
    assert process.stdout.count("\n") == 1
    assert process.stderr == ""
