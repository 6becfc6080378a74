"""Makes `src/comity/countries/map.json` of Natural Earth's countries (public domain), as world-atlas 2.0.2 (ISC) has
them.

    npm pack world-atlas@2.0.2 && tar xzf world-atlas-2.0.2.tgz
    .venv/bin/python scripts/world_map.py package/countries-110m.json

A path for each ISO 3166-1 code, already projected (Equal Earth: areas are true), in whole units of a view box; those
that are disputed have no code and stand under "". Rings that cross the 180th meridian are unrolled, cut at it, and
drawn on both sides. Crimea lies within another country's shapes in the source and is taken out: it stands under "".
"""

import itertools
import json
import math
import sys
from pathlib import Path

from babel.core import get_global

OUT = Path(__file__).parents[1] / "src" / "comity" / "countries" / "map.json"
WIDTH = 1500
A = (1.340264, -0.081106, 0.000893, 0.003796)  # Šavrič, Patterson and Jenny, The Equal Earth map projection, 2018
LEFT_OUT = {"AQ"}  # it would take a third of the height, and has no viewers but scientists: a square
CRIMEA = (32.0, 44.0, 37.0, 46.5)


def equal_earth(lon: float, lat: float) -> tuple[float, float]:
    """Longitude and latitude in degrees on the plane."""
    t = math.asin(math.sqrt(3) / 2 * math.sin(math.radians(lat)))
    slope = A[0] + 3 * A[1] * t**2 + t**6 * (7 * A[2] + 9 * A[3] * t**2)
    x = 2 * math.sqrt(3) * math.radians(lon) * math.cos(t) / (3 * slope)
    return x, t * (A[0] + A[1] * t**2 + t**6 * (A[2] + A[3] * t**2))


def arcs_of(topology: dict) -> list[list[tuple[float, float]]]:
    """Each arc in degrees: the source keeps differences of whole numbers."""
    (kx, ky), (dx, dy) = topology["transform"]["scale"], topology["transform"]["translate"]
    made = []
    for arc in topology["arcs"]:
        x = y = 0
        points = []
        for step in arc:
            x, y = x + step[0], y + step[1]
            points.append((x * kx + dx, y * ky + dy))
        made.append(points)
    return made


def ring_of(numbers: list[int], arcs: list) -> list[tuple[float, float]]:
    """One ring: its arcs one after the other, those with a number below zero backwards."""
    points: list[tuple[float, float]] = []
    for number in numbers:
        arc = arcs[number] if number >= 0 else arcs[~number][::-1]
        points += arc[1:] if points else arc
    return points


def unrolled(ring: list) -> list:
    """The ring without jumps from one edge of the map to the other."""
    made, shift = [ring[0]], 0.0
    for (before, _), (lon, lat) in itertools.pairwise(ring):
        shift += 360 if lon - before < -180 else -360 if lon - before > 180 else 0
        made.append((lon + shift, lat))
    return made


def cut(ring: list, edge: float, keep: int) -> list:
    """What of a ring lies on one side of a meridian (Sutherland and Hodgman)."""
    made = []
    for a, b in zip(ring, ring[1:] + ring[:1], strict=True):
        inside_a, inside_b = keep * (a[0] - edge) <= 0, keep * (b[0] - edge) <= 0
        if inside_a:
            made.append(a)
        if inside_a != inside_b:
            made.append((edge, a[1] + (b[1] - a[1]) * (edge - a[0]) / (b[0] - a[0])))
    return made


def pieces(ring: list) -> list[list]:
    """The ring as it lies on the map, once on each side where it crosses the edge."""
    whole = unrolled(ring)
    shifted = [[(lon + by, lat) for lon, lat in whole] for by in (-360, 0, 360)]
    return [part for one in shifted if len(part := cut(cut(one, 180, 1), -180, -1)) > 2]


def main(source: str) -> None:
    """Read the topology, write the paths."""
    topology = json.loads(Path(source).read_text())
    arcs, codes = arcs_of(topology), get_global("territory_aliases")
    edge = equal_earth(180, 0)[0]
    scale = WIDTH / (2 * edge)
    top, bottom = equal_earth(0, 83.7)[1], equal_earth(0, -56)[1]
    paths: dict[str, list[str]] = {}
    for shape in topology["objects"]["countries"]["geometries"]:
        code = codes[shape["id"]][0] if "id" in shape else ""
        polygons = [shape["arcs"]] if shape["type"] == "Polygon" else shape["arcs"]
        for numbers in polygons if code not in LEFT_OUT else ():
            for ring in (ring_of(one, arcs) for one in numbers):
                under = "" if within(ring, CRIMEA) else code
                paths.setdefault(under, []).extend(
                    filter(None, (path(part, edge, scale, top) for part in pieces(ring)))
                )
    made = {
        "box": [WIDTH, math.ceil((top - bottom) * scale)],
        "paths": {k: "".join(v) for k, v in sorted(paths.items())},
    }
    OUT.write_text(json.dumps(made, indent=0, separators=(",", ":")) + "\n")
    print(f"{len(made['paths'])} shapes, {OUT.stat().st_size} bytes")


def within(ring: list, box: tuple[float, float, float, float]) -> bool:
    """Whether a whole ring lies in a box of degrees."""
    west, south, east, north = box
    return all(west <= lon <= east and south <= lat <= north for lon, lat in ring)


def path(ring: list, edge: float, scale: float, top: float) -> str:
    """A ring as SVG: whole units, each step from the one before; nothing where it is smaller than that."""
    points: list[tuple[int, int]] = []
    for lon, lat in ring:
        x, y = equal_earth(lon, lat)
        point = (round((x + edge) * scale), round((top - y) * scale))
        if not points or point != points[-1]:
            points.append(point)
    points = points[:-1] if len(points) > 1 and points[0] == points[-1] else points
    if len(points) < 3:
        return ""
    steps = [f"{b[0] - a[0]},{b[1] - a[1]}" for a, b in itertools.pairwise(points)]
    return f"M{points[0][0]},{points[0][1]}l{' '.join(steps)}z".replace(",-", "-").replace(" -", "-")


if __name__ == "__main__":
    main(sys.argv[1])
