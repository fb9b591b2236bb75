package io.penstock.perf.bench.profile;

/** What a worker does for a packet, and between packets: the parts that its time is told by. In the order of a packet's way. */
enum Stage {
    /** What only a measurement in memory has. */
    GENERATOR("generator", "packets made for the measurement"),
    RECEIVE("receive", "rings or memory to a batch"),
    PARSE("parse", "headers checked, options of packets found"),
    DEFRAGMENT("defragment", "fragments gathered, packets cut"),
    CONNECTION_LOOKUP("conntrack_lookup", "connections looked up, in stages"),
    CONNECTION_TRACK("conntrack_track", "connections judged by their trackers, begun and confirmed"),
    HOOKS("hooks", "the generated program: from hook to hook; functions of hook modules"),
    RULES("rules", "tables of rules"),
    SETS("sets", "sets that rules ask"),
    NAT("nat", "translation"),
    SERVICES("services", "virtual servers"),
    ROUTE("route", "routing decision, look-up of routes"),
    FORWARD("forward", "time to live, MTU"),
    REWRITE("rewrite", "neighbour, Ethernet header, waiting for neighbours"),
    SEND("send", "a batch to rings or memory"),
    ORIGINATE("originate", "ICMP errors, resets, redirects and copies of its own"),
    MAINTENANCE("maintenance", "batch boundaries, expiry, counters, logs"),
    IDLE("idle", "the worker's own loop: polling, spinning, sleeping"),
    OTHER("other", "what belongs to no stage");

    private final String key;
    private final String sentence;

    Stage(final String key, final String sentence) {
        this.key = key;
        this.sentence = sentence;
    }

    /** Its name in reports. */
    String key() {
        return key;
    }

    /** What it is. */
    String sentence() {
        return sentence;
    }
}
