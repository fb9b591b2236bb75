package io.penstock.conntrack.text;

/**
 * An address and perhaps a port: {@code 192.0.2.1:80}, {@code [2001:db8::1]:80}.
 *
 * @param address the address
 * @param port    the port, or -1
 */
record NatWords(String address, int port) {

    private static final int LARGEST = 0xFFFF;

    static NatWords parse(final Console console, final String text) {
        final int open = text.indexOf('[');
        String address = text;
        int colon = -1;
        if (open >= 0) {
            final int close = text.indexOf(']', open + 1);
            if (close == open + 1) {
                throw console.wrong("No IPv6 address specified");
            }
            if (close < 0) {
                throw console.wrong("No closing ']' around IPv6 address");
            }
            colon = text.indexOf(':', close);
            address = colon < 0 ? text : text.substring(open + 1, close);
        } else if (text.indexOf(':') >= 0 && text.indexOf(':') == text.lastIndexOf(':')) {
            colon = text.indexOf(':');
            address = text.substring(0, colon);
        }
        if (colon < 0) {
            return new NatWords(address, -1);
        }
        final String port = text.substring(colon + 1);
        if (port.isEmpty()) {
            throw console.wrong("No port specified after `:'");
        }
        if (!port.matches("[0-9]+") || CText.signed(port) > LARGEST) {
            throw console.wrong("Invalid port `" + port + "'");
        }
        return new NatWords(address, (int) CText.signed(port));
    }
}
