"""`comity duty show|holes|test`: who is on duty, where nobody is, and whether the ladder rings."""

import argparse
from datetime import timedelta
from typing import Any

from comity.serve.gateway import DATABASE, RUNNING
from comity.terminal import No, tell


def add(commands: "argparse._SubParsersAction[Any]") -> None:
    """Add duty to the command line."""
    duty = commands.add_parser("duty", help="who is on duty, and whether they can be rung")
    acts = duty.add_subparsers(metavar="ACT", required=True)
    show = acts.add_parser("show", help="who is on duty now")
    show.set_defaults(run=run_show, gateway=DATABASE)
    holes = acts.add_parser("holes", help="where nobody is in the next seven days; exit status 1 if somewhere")
    holes.set_defaults(run=run_holes, gateway=DATABASE)
    test = acts.add_parser("test", help="ring the ladder as a drill, and wait who answers")
    test.add_argument("--wait", type=int, default=600, metavar="SECONDS", help="for how long (default %(default)s)")
    test.set_defaults(run=run_test, gateway=RUNNING)
    for act in (show, holes):
        act.add_argument("--realm", choices=("real", "demo"), default="real", help="whose rota (default %(default)s)")


def run_show(args: argparse.Namespace) -> int:
    """Who is on duty, and by what each can be reached."""
    from comity import clock
    from comity.alerts import duty_pages, rota
    from comity.alerts.models import Device

    duty = rota.on_duty(args.realm, clock.now())
    told = {
        post: [duty_pages.who(one) for one in people]
        for post, people in (("first", duty.first), ("second", duty.second))
    }
    ways = {
        duty_pages.who(one): sorted({d.kind for d in Device.objects.filter(person=one, ended_at=None)})
        for one in duty.everyone
    }
    lines = [f"{post}: {'; '.join(people) or 'nobody'}" for post, people in told.items()]
    tell(args, {**told, "devices": ways}, "\n".join(lines))
    return 0


def run_holes(args: argparse.Namespace) -> int:
    """The holes of the next seven days."""
    from comity import clock
    from comity.alerts import duty_pages, rota

    found = rota.unstaffed(args.realm, clock.now() + timedelta(days=7))
    rows = [
        {
            "post": one.post,
            "why": one.why,
            "starts": one.starts.isoformat(),
            "ends": one.ends.isoformat(),
            "person": one.person,
        }
        for one in found
    ]
    lines = [
        f"{one.starts:%d %b %H:%M} – {one.ends:%d %b %H:%M} UTC  {one.post}: {duty_pages.WHY[one.why]}" for one in found
    ]
    tell(args, {"holes": rows}, "\n".join(lines) or "no hole in the next seven days")
    return 1 if found else 0


def run_test(args: argparse.Namespace) -> int:
    """Ring the ladder as a drill. Raises No if nobody answers in time."""
    import time

    from comity.alerts import drills, duty_pages, paging

    subject = drills.begin("operator")
    end = time.monotonic() + args.wait
    while time.monotonic() < end:
        (round,) = paging.rounds(subject)
        if round.answered_at and round.answered_by:
            seconds = (round.answered_at - round.begun_at) / timedelta(seconds=1)
            who = duty_pages.who(round.answered_by)
            tell(
                args,
                {"subject": subject, "answered_by": who, "seconds": seconds},
                f"{subject}: {who} answered in {seconds} s",
            )
            return 0
        time.sleep(0.2)
    paging.stop(subject)
    raise No(f"{subject}: nobody answered within {args.wait} s")
