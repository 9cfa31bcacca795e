"""Messages of the library in the words of the command line.

The library speaks of parameters, such as ``time_budget``; here they are options, such as
``--budget``. Texts in quotes come from the data or from the user, so they stay as they are. Only
a kind in quotes, such as ``kinds={'zip': 'categorical'}``, is written as an option.
"""

import ast
import re

KINDS = "kinds="
QUOTED = re.compile(
    rf"""({KINDS}\{{(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"): '[a-z_ ]*'\}}|'[^']*')"""
)
# An earlier pattern takes its part of a message from later ones.
WORDS = {
    r"pass resume=True to continue it": "continue it with `automl resume`",
    r"resume=True needs history= to name": "`automl resume` needs --history to name",
    r"load\(\.\.\., catalogue=\)": "--catalogue",
    r"\bdockerfile=True\b": "--dockerfile",
    r"\brequirements=False\b": "--no-requirements",
    r"AutoMLRegressor (predicts|takes)": r"--task regression \1",
    r"AutoMLClassifier (predicts|takes)": r"--task classification \1",
    r"\bsearch\.export\(\.\.\.\)": "`automl export` with the name of a script",
    r"\bexport_onnx\(path, X\)": "`automl export MODEL FILE.onnx --rows FILE`",
    r"pick another pipeline by search\.select\(rank, X, y\), or use": "or use",
    r"\btime_budget\b": "--budget",
    r"\bmax_evaluations\b": "--evaluations",
    r"\bn_jobs\b": "--jobs",
    r"\bexpected Patience of\b": "expected --patience of",
    r"\bensemble_size\b": "--ensemble",
    r"\brandom_state\b": "--seed",
    r"\bsample_weight\b": "--weights",
    r"\b(pass|give) (groups|time)=": r"\1 --\2 ",
    r"\b(pass|give) groups\b": r"\1 --groups",
    r"\bgive their kinds\b": "give their kinds (--kind)",
    r"\bkinds (says|has)\b": r"--kind \1",
    r"\bcv=": "--folds ",
    r"\bcv:": "--folds or --trials:",
    r"\b(catalogue|history|scoring|strategy|tuner)(=|: )": r"--\1 ",
    r"\bexpected (history|scoring|strategy|tuner)\b": r"expected --\1",
    r", a callable( \(estimator, X, y\))? or": " or",
}
PATTERNS = [(re.compile(pattern), words) for pattern, words in WORDS.items()]


def in_options(message: str) -> str:
    """Return a message in one line that names options instead of parameters.

    Examples
    --------
    >>> in_options("expected n_jobs to be a number of processes or -1, got 'n_jobs'")
    "expected --jobs to be a number of processes or -1, got 'n_jobs'"
    >>> in_options("kinds={'zip code': 'categorical'} keeps them")
    "--kind 'zip code=categorical' keeps them"
    """
    parts = QUOTED.split(" ".join(message.split("\n")))
    return "".join(
        _in_quotes(part) if number % 2 else _replaced(part) for number, part in enumerate(parts)
    )


def _in_quotes(text: str) -> str:
    if not text.startswith(KINDS):
        return text
    ((name, kind),) = ast.literal_eval(text.removeprefix(KINDS)).items()
    return f"--kind {f'{name}={kind}'!r}"


def _replaced(text: str) -> str:
    for pattern, words in PATTERNS:
        text = pattern.sub(words, text)
    return text
