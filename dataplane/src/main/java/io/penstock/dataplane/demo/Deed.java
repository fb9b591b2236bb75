package io.penstock.dataplane.demo;

import java.util.Locale;

/** What is done to the servers of the load balancer while clients ask. */
enum Deed {

    KILL("server 3 dies"),
    ADD("server 4 is added"),
    DRAIN("server 2 is drained"),
    RETURN("server 3 comes back");

    private final String text;

    Deed(final String text) {
        this.text = text;
    }

    String text() {
        return text;
    }

    /** In JSON. */
    String key() {
        return name().toLowerCase(Locale.ROOT);
    }
}
