"""Checks the licence of every locked dependency against the list in deny.toml, from cargo's own metadata."""

import json
import re
import subprocess
import sys
import tomllib

with open("deny.toml", "rb") as file:
    deny = tomllib.load(file)
allowed = set(deny["licenses"]["allow"])
metadata = json.loads(subprocess.check_output(["cargo", "metadata", "--format-version", "1", "--locked", "--offline"]))


def fits(expression: str) -> bool:
    """An SPDX expression fits when one OR branch has only allowed AND parts."""
    text = expression.replace("/", " OR ").replace("(", " ( ").replace(")", " ) ")
    tokens = [token for token in re.split(r"\s+", text) if token]
    terms = []
    index = 0
    while index < len(tokens):
        token = tokens[index]
        if token in ("(", ")"):
            terms.append(token)
        elif token == "OR":
            terms.append("or")
        elif token == "AND":
            terms.append("and")
        elif token == "WITH":
            index += 1
            terms[-1] = "True" if f"{tokens[index - 2]} WITH {tokens[index]}" in allowed else terms[-1]
        else:
            terms.append(str(token in allowed))
        index += 1
    return bool(eval(" ".join(terms), {"__builtins__": {}}))  # only True, False, and, or and brackets get here


bad = []
for package in metadata["packages"]:
    licence = package.get("license") or ""
    if package["source"] is not None and (not licence or not fits(licence)):
        bad.append(f"{package['name']} {package['version']}: {licence or 'no licence named'}")
if bad:
    sys.exit("licences that deny.toml does not allow:\n  " + "\n  ".join(bad))
print(f"{len(metadata['packages'])} packages, all licences allowed")
