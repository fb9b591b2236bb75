#!/usr/bin/env bash
# conntrack-tools' own tests of its command: every case, through our command over connections in memory.
#
# SOURCE  conntrack-tools' source tree; Debian's package is fetched when unset
set -euo pipefail
cd "$(dirname "$0")/../.."
. .ci/lib/debian.sh

FOLDER=$PWD/target/conntrack-tools
RELEASE=trixie
VERSION=1.4.8
CASES=io.penstock.conntrack.text.ConntrackCases

fail() {
    printf 'FAIL: %s\n' "$*" >&2
    exit 1
}

# fetch: Debian's source package, from the mirror that packages come from, with its key.
fetch() {
    [ ! -d "$FOLDER/conntrack-tools-$VERSION" ] || return 0
    printf 'fetching the source of conntrack-tools %s\n' "$VERSION"
    mkdir -p "$FOLDER/lists/partial"
    printf 'deb-src [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] %s %s main\n' "$(debian_mirror)" "$RELEASE" \
        >"$FOLDER/sources.list"
    local options=(-qq -o "Dir::Etc::SourceList=$FOLDER/sources.list" -o Dir::Etc::SourceParts=/dev/null -o "Dir::State::Lists=$FOLDER/lists")
    apt-get "${options[@]}" update
    # The upstream archive alone is wanted, and apt has checked it when it is there; a mirror may lack Debian's own files.
    (cd "$FOLDER" && apt-get "${options[@]}" source --download-only --only-source conntrack-tools) || true
    [ -f "$FOLDER/conntrack-tools_$VERSION.orig.tar.xz" ] || fail "the source of conntrack-tools $VERSION could not be fetched"
    tar -xf "$FOLDER/conntrack-tools_$VERSION.orig.tar.xz" -C "$FOLDER"
}

if [ -z "${SOURCE:-}" ]; then
    fetch
    SOURCE=$FOLDER/conntrack-tools-$VERSION
fi

# The launcher knows which JDK is new enough, and builds what is not built.
jdk=$(PENSTOCK_JAVA_OPTS=-XshowSettings:properties ./penstock --help 2>&1 | sed -n 's/^ *java\.home = //p')
mvn -q -B -pl conntrack -am test-compile dependency:build-classpath -Dmdep.includeScope=test -Dmdep.outputFile=target/conntrack.classpath
classes=conntrack/target/test-classes:conntrack/target/classes:$(cat conntrack/target/conntrack.classpath)
exec "$jdk/bin/java" --enable-native-access=ALL-UNNAMED --add-opens=java.base/jdk.internal.misc=ALL-UNNAMED -cp "$classes" \
    "$CASES" "$SOURCE/tests/conntrack/testsuite"
