# Where this machine's Debian packages come from.

# debian_mirror: the archive of Debian itself in apt's sources, without a slash at its end.
debian_mirror() {
    local uri
    uri=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' | grep -v security | grep -m 1 -E '/debian/?$') || {
        printf 'FAIL: apt knows no archive of Debian; add one to its sources\n' >&2
        return 1
    }
    printf '%s\n' "${uri%/}"
}
