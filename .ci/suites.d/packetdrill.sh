#!/usr/bin/env bash
# The kernel's packetdrill scripts about connection tracking: their packets and checks, through our engine.
#
# SOURCE  the folder of a kernel's source tree that they are in, tools/testing/selftests/net/netfilter/packetdrill; Debian's package is
#         fetched when unset
set -euo pipefail
cd "$(dirname "$0")/../.."
. .ci/lib/debian.sh

FOLDER=$PWD/target/packetdrill
RELEASE=trixie
PACKAGE=linux-source-6.12
SCRIPTS=tools/testing/selftests/net/netfilter/packetdrill
RUNNER=io.penstock.dataplane.packetdrill.PacketdrillScripts

fail() {
    printf 'FAIL: %s\n' "$*" >&2
    exit 1
}

# fetch: Debian's package of the kernel's source, from the mirror that packages come from, with its key. The scripts alone are kept.
fetch() {
    [ ! -d "$FOLDER/$PACKAGE/$SCRIPTS" ] || return 0
    printf 'fetching %s\n' "$PACKAGE"
    mkdir -p "$FOLDER/lists/partial"
    printf 'deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] %s %s main\n' "$(debian_mirror)" "$RELEASE" \
        >"$FOLDER/sources.list"
    local options=(-qq -o "Dir::Etc::SourceList=$FOLDER/sources.list" -o Dir::Etc::SourceParts=/dev/null
        -o "Dir::State::Lists=$FOLDER/lists" -o APT::Sandbox::User=root)
    apt-get "${options[@]}" update
    rm -rf "$FOLDER"/*.deb "$FOLDER/unpacked"
    (cd "$FOLDER" && apt-get "${options[@]}" download "$PACKAGE")
    mkdir "$FOLDER/unpacked"
    dpkg-deb --fsys-tarfile "$FOLDER/$PACKAGE"_*.deb | tar -xO "./usr/src/$PACKAGE.tar.xz" |
        tar -xJ -C "$FOLDER/unpacked" --wildcards "$PACKAGE/$SCRIPTS/*"
    # Last, so that what is there is whole.
    rm -rf "${FOLDER:?}/$PACKAGE"
    mv "$FOLDER/unpacked/$PACKAGE" "$FOLDER/$PACKAGE"
    rm -rf "$FOLDER"/*.deb "$FOLDER/unpacked" "$FOLDER/lists"
}

if [ -z "${SOURCE:-}" ]; then
    fetch
    SOURCE=$FOLDER/$PACKAGE/$SCRIPTS
fi
[ -e "$SOURCE/common.sh" ] || fail "there are no scripts in $SOURCE"

# The launcher knows which JDK is new enough, and builds what is not built.
jdk=$(PENSTOCK_JAVA_OPTS=-XshowSettings:properties ./penstock --help 2>&1 | sed -n 's/^ *java\.home = //p')
mvn -q -B -pl dataplane -am test-compile dependency:build-classpath -Dmdep.includeScope=test -Dmdep.outputFile=target/packetdrill.classpath
classes=dataplane/target/test-classes:dataplane/target/classes:$(cat dataplane/target/packetdrill.classpath)
exec "$jdk/bin/java" --enable-native-access=ALL-UNNAMED --add-opens=java.base/jdk.internal.misc=ALL-UNNAMED -Dpenstock.checked=true \
    -cp "$classes" "$RUNNER" "$SOURCE"
