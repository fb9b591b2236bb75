# shellcheck shell=bash
# Stands in for ipset(8), and for what else ipset's tests ask of a machine: each command goes to the server at $PENSTOCK_PORT
# (SetToolServer). Bash reads this before a script (BASH_ENV): a function takes a small part of the time that a program would, and the
# tests give hundreds of thousands of commands. Who looks for a program finds a script in PATH, which calls the function of its name.

PENSTOCK_COMMANDS=(ipset iptables ip6tables iptables-save ip6tables-save sleep sendip modprobe rmmod lsmod dmesg netmask)

penstock_ask() {
    local penstock_status
    # The server opens 0, 8 and 2 of this shell: 1 is the connection while the request is written.
    {
        printf '%s\0' "$BASHPID" "$#" "$@" >&7
        read -r -u 7 penstock_status
    } 7<>"/dev/tcp/127.0.0.1/$PENSTOCK_PORT" 8>&1
    return "$penstock_status"
}

for penstock_command in "${PENSTOCK_COMMANDS[@]}"; do
    eval "$penstock_command() { penstock_ask $penstock_command \"\$@\"; }"
done
