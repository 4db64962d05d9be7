#!/usr/bin/env python3
"""Looks into a repository with a release: is each artifact there with all that Maven Central asks for?

    artifacts.py REPOSITORY

Names what is missing and ends with code 1, or lists what is there.
"""

import pathlib
import re
import sys
import xml.etree.ElementTree as ElementTree
import zipfile

POM = "{http://maven.apache.org/POM/4.0.0}"
ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
REQUIRED = ["name", "description", "url", "licenses/license/name", "licenses/license/url",
            "developers/developer/name", "scm/connection", "scm/developerConnection", "scm/url"]
# Parts of this repository that are no libraries, and the parent, which published POMs do not name.
KEPT = {"longcat-parent", "longcat-cli", "longcat-benchmarks", "longcat-samples", "longcat-samples-boot",
        "longcat-acceptance"}


def text(pom, path):
    return (pom.findtext(POM + path.replace("/", "/" + POM)) or "").strip()


def file_of(folder, classifier, suffix):
    """A file of the newest snapshot, or of the release."""
    tail = f"-{classifier}{suffix}" if classifier else suffix
    found = [file for file in sorted(folder.iterdir())
             if re.fullmatch(re.escape(folder.parent.name) + r"-[0-9][0-9a-zA-Z.]*(-[0-9.]+-[0-9]+)?" + re.escape(tail), file.name)]
    return found[-1] if found else None


def faults_of_pom(file):
    pom = ElementTree.parse(file).getroot()
    for path in REQUIRED:
        if not text(pom, path):
            yield f"its POM has no {path}"
    if pom.find(POM + "parent") is not None:
        yield "its POM has a parent"
    if pom.find(POM + "build") is not None:
        yield "its POM tells how it was built"
    if "${" in file.read_text():
        yield "its POM has a property left"
    for dependency in pom.iter(POM + "dependency"):
        if text(dependency, "artifactId") in KEPT:
            yield f"its POM names {text(dependency, 'artifactId')}, which is not published"


def faults_of_jars(folder):
    for classifier in ["", "sources", "javadoc"]:
        file = file_of(folder, classifier, ".jar")
        if file is None:
            yield f"there is no {classifier or 'main'} jar"
        elif classifier == "":
            manifest = zipfile.ZipFile(file).read("META-INF/MANIFEST.MF").decode()
            if not re.search(r"^Automatic-Module-Name: io\.longcat4j[a-z.0-9]*\r?$", manifest, re.M):
                yield "its manifest has no stable module name"


def main():
    group = pathlib.Path(sys.argv[1]) / "io" / "longcat4j"
    faults = []
    published = {folder.name for folder in group.iterdir() if folder.is_dir()}
    modules = {ElementTree.parse(pom).getroot().findtext(POM + "artifactId"): pom
               for pom in [ROOT / "pom.xml", *ROOT.glob("*/pom.xml")]}
    for name in sorted(set(modules) - KEPT - published):
        faults.append(f"{name} was not published")
    for name in sorted(published - (set(modules) - KEPT)):
        faults.append(f"{name} was published and should not be")
    for name in sorted(published & set(modules)):
        [folder] = [each for each in (group / name).iterdir() if each.is_dir()]
        pom = file_of(folder, "", ".pom")
        found = list(faults_of_pom(pom))
        if ElementTree.parse(modules[name]).getroot().findtext(POM + "packaging") != "pom":
            found += faults_of_jars(folder)
            if file_of(folder, "cyclonedx", ".json") is None:
                found.append("there is no bill of materials")
        faults += [f"{name}: {fault}" for fault in found]
        if not found:
            print(name, *sorted({file.suffix for file in folder.iterdir()} - {".md5", ".sha1", ".xml"}))
    for fault in faults:
        print(f"artifacts.py: {fault}", file=sys.stderr)
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
