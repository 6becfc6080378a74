"""The peers of `make bench ONLY=regulations`: three CEL libraries, in their own environment (.venv-bench).

Reads one JSON line of programs and facts, then one line `{"peer", "times"}` for each measurement asked for, and answers
each with the seconds of processor time it took. Every library evaluates each check as its own program, bare: no
reasons, no deadlines.
"""

import json
import sys
import time
from collections.abc import Callable
from datetime import datetime
from typing import Any

Run = Callable[[int], list[Any]]


def typed(value: Any) -> Any:
    """Facts as Python values: an instant is written {"instant": text}."""
    if isinstance(value, dict):
        if set(value) == {"instant"}:
            return datetime.fromisoformat(value["instant"])
        return {key: typed(part) for key, part in value.items()}
    return [typed(part) for part in value] if isinstance(value, list) else value


def cpp(programs: list[str], many: list[dict[str, Any]]) -> Run:
    """Google's C++ implementation. It takes instants only as declared variables, so each fact is one."""
    from cel_expr_python import cel

    flat = [typed(facts["flat"]) for facts in many]
    kinds = {name: cel.Type.TIMESTAMP if isinstance(v, datetime) else cel.Type.DYN for name, v in flat[0].items()}
    env = cel.NewEnv(variables=kinds)
    compiled = [env.compile(text, disable_check=True) for text in programs]

    def run(n: int) -> list[Any]:
        activation = env.Activation(flat[n % len(flat)])
        return [program.eval(activation).value() for program in compiled]

    return run


def rust(programs: list[str], many: list[dict[str, Any]]) -> Run:
    """The binding of the Rust implementation."""
    import cel

    nested = [typed(facts["nested"]) for facts in many]
    compiled = [cel.compile(text) for text in programs]

    def run(n: int) -> list[Any]:
        context = cel.Context(nested[n % len(nested)])
        return [program.execute(context) for program in compiled]

    return run


def python(programs: list[str], many: list[dict[str, Any]]) -> Run:
    """The pure Python implementation. It has no comparison of an object with null: those end in an error."""
    import celpy

    nested = [{k: celpy.json_to_cel(v) for k, v in typed(facts["nested"]).items()} for facts in many]
    env = celpy.Environment()
    compiled = [env.program(env.compile(text)) for text in programs]

    def run(n: int) -> list[Any]:
        return [evaluated(program, nested[n % len(nested)]) for program in compiled]

    def evaluated(program: Any, known: dict[str, Any]) -> bool | None:
        try:
            return bool(program.evaluate(known))
        except celpy.CELEvalError:
            return None

    return run


def main() -> None:
    """Serve measurements until the input ends."""
    given = json.loads(sys.stdin.readline())
    peers = {
        name: make(given["programs"]["flat" if name == "cpp" else "nested"], given["facts"])
        for name, make in (("cpp", cpp), ("rust", rust), ("python", python))
    }
    for line in sys.stdin:
        asked = json.loads(line)
        run = peers[asked["peer"]]
        began = time.process_time()
        for n in range(asked["times"]):
            found = run(n)
        took = time.process_time() - began
        print(
            json.dumps({"took": took, "found": [v if isinstance(v, bool | None) else str(v) for v in found]}),
            flush=True,
        )


if __name__ == "__main__":
    main()
