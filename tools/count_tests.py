"""Counts what the test reports of all modules say and prints "N passed, N failed"; exit status 1 unless all passed."""

import glob
import sys
import xml.etree.ElementTree as ElementTree

passed = failed = skipped = 0
for report in glob.glob("*/target/surefire-reports/TEST-*.xml") + glob.glob("*/target/failsafe-reports/TEST-*.xml"):
    suite = ElementTree.parse(report).getroot()
    bad = int(suite.get("failures", 0)) + int(suite.get("errors", 0))
    left_out = int(suite.get("skipped", 0))
    failed += bad
    skipped += left_out
    passed += int(suite.get("tests", 0)) - bad - left_out
if skipped:
    print(f"{skipped} skipped")
print(f"{passed} passed, {failed} failed")
sys.exit(0 if passed and not failed else 1)
