#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Texts of a tenant in reports: a cell that is a formula for a spreadsheet whose separator is a semicolon, a link in SARIF, and
# characters that nobody sees. The schema accepts all of them but the last, which are in annotations of the namespace.
. "$(dirname "$0")/../lib.sh"
ns=security-24
start_over $ns
credence=${CREDENCE:-$checkout/operator/bin/credence}
[ -x "$credence" ] || not_tried "there is no $credence"
for identity in cells unseen; do within 60 observed $ns $identity || not_tried 'the operator does not reconcile'; done
for format in csv sarif html json; do
  "$credence" report -n $ns --format $format >"${TMPDIR:-/tmp}/security-24.$format" 2>/dev/null || not_tried "there is no report as $format"
done
at_exit 'rm -f "${TMPDIR:-/tmp}"/security-24.*'
FILES=${TMPDIR:-/tmp}/security-24 python3 - <<'P' || weakness 'in a report'
import csv, json, os, re, sys, unicodedata
read = lambda form: open(os.environ["FILES"] + "." + form, encoding="utf-8").read()
found = []
text = read("csv")
for separator in ",;\t":
    for row in csv.reader(text.splitlines(), delimiter=separator):
        found += [f"csv, split at {separator!r}: {cell}" for cell in row if re.match(r"\s*[=+@]", cell) or re.match(r"\s*-\D", cell)]
if "shop" not in text: found.append("csv: the text of the tenant is missing, so that nothing was tried")
messages = [r["message"]["text"] for run in json.loads(read("sarif"))["runs"] for r in run["results"]]
if not any("runbook" in m for m in messages): found.append("sarif: the text of the tenant is missing, so that nothing was tried")
found += [f"sarif: {m}" for m in messages if re.search(r"(?<!\\)\[[^\]]*\]\(https?://elsewhere", m)]
if "<a href=\"https://elsewhere" in read("html"): found.append("html: a link of the tenant")
for form in ("csv", "sarif", "html"):
    found += [f"{form}: U+{ord(c):04X}" for c in sorted(set(read(form))) if unicodedata.category(c) == "Cf"]
found += [f"json: U+{ord(c):04X}" for c in sorted(set(json.dumps(json.loads(read("json")), ensure_ascii=False))) if unicodedata.category(c) == "Cf"]
print("\n".join("  " + one for one in found[:20]))
sys.exit(1 if found else 0)
P
rejected 'nothing in it acts'
