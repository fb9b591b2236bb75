package io.penstock.dataplane.demo;

/** Where a connection's bytes go. */
enum Direction {

    CLIENT_TO_SERVER(Side.CLIENT),
    SERVER_TO_CLIENT(Side.SERVER);

    private final Side sender;

    Direction(final Side sender) {
        this.sender = sender;
    }

    /** Who sends them. */
    Side sender() {
        return sender;
    }

    String text() {
        return sender.text() + " -> " + sender.other().text();
    }
}
