#!/usr/bin/env bash
# ipset's own tests: every check of its files, with our commands over sets, rules and packets in memory, on a virtual clock.
#
# SOURCE  ipset's source tree; Debian's package is fetched when unset
# FILES   which files of checks, without their ending; all that make sense when unset
set -euo pipefail
cd "$(dirname "$0")/../.."
. .ci/lib/debian.sh

FOLDER=$PWD/target/ipset
RELEASE=bookworm
VERSION=7.17

# What runtest.sh runs with rights and tools at hand, in its order; behind that, what it leaves out. The files iptree and iptreemap are of
# types that ipset 7.17 does not know itself; those of xlate ask ipset-translate, another program.
ALL='init ipmap bitmap:ip macipmap portmap iphash hash:ip hash:ip6 ipporthash hash:ip,port hash:ip6,port ipmarkhash hash:ip,mark
    hash:ip6,mark ipportiphash hash:ip,port,ip hash:ip6,port,ip6 nethash hash:net hash:net6 hash:net,port hash:net6,port hash:ip,port,net
    hash:ip6,port,net6 hash:net,net hash:net6,net6 hash:net,port,net hash:net6,port,net6 hash:net,iface hash:mac comment setlist restore
    match_target match_flags match_target6 ipportnethash'

fail() {
    printf 'FAIL: %s\n' "$*" >&2
    exit 1
}

# fetch: Debian's source package, from the mirror that packages come from, with its key.
fetch() {
    [ ! -d "$FOLDER/ipset-$VERSION" ] || return 0
    printf 'fetching the source of ipset %s\n' "$VERSION"
    mkdir -p "$FOLDER/lists/partial" "$FOLDER/unpacked"
    printf 'deb-src [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] %s %s main\n' "$(debian_mirror)" "$RELEASE" \
        >"$FOLDER/sources.list"
    local options=(-qq -o "Dir::Etc::SourceList=$FOLDER/sources.list" -o Dir::Etc::SourceParts=/dev/null
        -o "Dir::State::Lists=$FOLDER/lists" -o APT::Sandbox::User=root)
    apt-get "${options[@]}" update
    # The upstream archive alone is wanted, and apt has checked it when it is there; a mirror may lack Debian's own files.
    (cd "$FOLDER" && apt-get "${options[@]}" source --download-only "ipset=$VERSION-1") || true
    [ -f "$FOLDER/ipset_$VERSION.orig.tar.bz2" ] || fail "the source of ipset $VERSION could not be fetched"
    python3 -m tarfile -e "$FOLDER/ipset_$VERSION.orig.tar.bz2" "$FOLDER/unpacked"
    # Last, so that what is there is whole.
    mv "$FOLDER/unpacked/ipset-$VERSION" "$FOLDER/ipset-$VERSION"
    rm -rf "$FOLDER/unpacked" "$FOLDER/lists"
}

if [ -z "${SOURCE:-}" ]; then
    fetch
    SOURCE=$FOLDER/ipset-$VERSION
fi
[ -e "$SOURCE/tests/runtest.sh" ] || fail "there are no tests of ipset in $SOURCE"
[ "$(id -u)" -eq 0 ] || fail 'run this as root: it makes a network namespace'

# The launcher knows which JDK is new enough, and builds what is not built.
jdk=$(PENSTOCK_JAVA_OPTS=-XshowSettings:properties ./penstock --help 2>&1 | sed -n 's/^ *java\.home = //p')
mvn -q -B -pl dataplane -am test-compile dependency:build-classpath -Dmdep.includeScope=test -Dmdep.outputFile=target/ipset.classpath
classes=dataplane/target/test-classes:dataplane/target/classes:$(cat dataplane/target/ipset.classpath)
# shellcheck disable=SC2206
files=(${FILES:-$ALL})
# In a network namespace of its own: nobody else comes to the server, and hundreds of thousands of connections to it are in nobody's way.
exec unshare --net bash .ci/lib/ipset-host.sh "$SOURCE/tests" "$jdk/bin/java" "$classes" "${files[@]}"
