package io.penstock.rules.set.text;

import io.penstock.rules.set.SetSpec;
import io.penstock.rules.set.SetType;
import io.penstock.rules.text.AddressText;

/** Options of sets that are made. What listings do not tell, {@code forceadd} among them, ipset's listings do not tell either. */
enum CreateOption implements LineOption {
    FAMILY("family", true, Value.FAMILY, CreateReader::family, "[family inet|inet6]|[-4|-6]") {
        @Override
        String text(final SetSpec spec) {
            return spec.family() == AddressReader.IPV4 ? "inet" : spec.family() == AddressReader.IPV6 ? "inet6" : "any";
        }
    },
    INET("-4", false, Value.FAMILY, CreateReader::family, ""),
    INET6("-6", false, Value.FAMILY, CreateReader::family, ""),
    HASHSIZE("hashsize", true, Value.HASHSIZE, CreateReader::hashsize, "[hashsize VALUE]") {
        @Override
        String text(final SetSpec spec) {
            return number(spec.hashsize());
        }
    },
    MAXELEM("maxelem", true, Value.MAXELEM, CreateReader::maxelem, "[maxelem VALUE]") {
        @Override
        String text(final SetSpec spec) {
            return number(spec.maxelem());
        }
    },
    NETMASK("netmask", true, Value.NETMASK, CreateReader::netmask, "[netmask CIDR]") {
        @Override
        String text(final SetSpec spec) {
            return spec.netmask() == AddressReader.bits(spec.family()) ? null : number(spec.netmask());
        }
    },
    BITMASK("bitmask", true, Value.BITMASK, CreateReader::bitmask, "[bitmask bitmask]") {
        @Override
        String text(final SetSpec spec) {
            if (spec.family() == AddressReader.IPV4) {
                return spec.hasMask() && (int) spec.maskLow() != -1 ? AddressText.ipv4((int) spec.maskLow()) : null;
            }
            return spec.hasMask() && (spec.maskHigh() & spec.maskLow()) != -1 ? AddressText.ipv6(spec.maskHigh(), spec.maskLow()) : null;
        }
    },
    TIMEOUT("timeout", true, Value.TIMEOUT, ElementReader::timeout, "[timeout VALUE]") {
        @Override
        String text(final SetSpec spec) {
            return number(spec.timeout());
        }
    },
    COUNTERS("counters", false, Value.COUNTERS, CreateReader::counters, "[counters]") {
        @Override
        String text(final SetSpec spec) {
            return spec.counters() ? "" : null;
        }
    },
    COMMENT("comment", false, Value.WITH_COMMENT, CreateReader::comment, "[comment]") {
        @Override
        String text(final SetSpec spec) {
            return spec.comment() ? "" : null;
        }
    },
    FORCEADD("forceadd", false, Value.FORCEADD, CreateReader::forceadd, "[forceadd]"),
    SKBINFO("skbinfo", false, Value.SKBINFO, CreateReader::skbinfo, "[skbinfo]") {
        @Override
        String text(final SetSpec spec) {
            return spec.skbinfo() ? "" : null;
        }
    },
    BUCKETSIZE("bucketsize", true, Value.BUCKETSIZE, CreateReader::bucketsize, "[bucketsize VALUE]") {
        @Override
        String text(final SetSpec spec) {
            return number(spec.bucketsize());
        }
    },
    INITVAL("initval", true, Value.INITVAL, CreateReader::initval, "[initval VALUE]") {
        @Override
        String text(final SetSpec spec) {
            return hexadecimal(spec.initval());
        }
    },
    MARKMASK("markmask", true, Value.MARKMASK, CreateReader::markmask, "markmask VALUE") {
        @Override
        String text(final SetSpec spec) {
            return hexadecimal(spec.markmask());
        }
    },
    SIZE("size", true, Value.SIZE, CreateReader::size, "[size VALUE]") {
        @Override
        String text(final SetSpec spec) {
            return number(spec.size());
        }
    },
    RANGE("range", true, Value.IP, (session, text) -> AddressReader.networkOrRange(session, Value.IP, text), "") {
        @Override
        String text(final SetSpec spec) {
            return AddressText.ipv4((int) spec.rangeFrom()) + "-" + AddressText.ipv4((int) spec.rangeTo());
        }
    },
    FROM("from", true, Value.IP, (session, text) -> AddressReader.single(session, Value.IP, text), ""),
    TO("to", true, Value.IP_TO, (session, text) -> AddressReader.single(session, Value.IP_TO, text), ""),
    NETWORK("network", true, Value.IP, (session, text) -> AddressReader.network(session, Value.IP, text), ""),
    PORT_RANGE("range", true, Value.PORT, (session, text) -> PortReader.tcpOrUdp(session, Value.PORT, text), "") {
        @Override
        String text(final SetSpec spec) {
            return spec.rangeFrom() + "-" + spec.rangeTo();
        }
    },
    FROM_PORT("from", true, Value.PORT, (session, text) -> PortReader.single(session, Value.PORT, text), ""),
    TO_PORT("to", true, Value.PORT_TO, (session, text) -> PortReader.single(session, Value.PORT_TO, text), ""),
    /** Of old versions; nothing comes of it, as of those below. */
    PROBES("probes", Value.PROBES),
    RESIZE("resize", Value.RESIZE),
    GC("gc", Value.GC),
    IGNORED_FROM("from", Value.IP),
    IGNORED_TO("to", Value.IP_TO),
    IGNORED_NETWORK("network", Value.IP);

    private final String word;
    private final boolean takesArgument;
    private final Value value;
    private final ElementOption.Reader reader;
    private final String help;

    CreateOption(final String word, final boolean takesArgument, final Value value, final ElementOption.Reader reader, final String help) {
        this.word = word;
        this.takesArgument = takesArgument;
        this.value = value;
        this.reader = reader;
        this.help = help;
    }

    CreateOption(final String word, final Value ignored) {
        this.word = word;
        this.takesArgument = true;
        this.value = ignored;
        this.reader = (session, text) -> CreateReader.ignored(session, word, ignored, text);
        this.help = "";
    }

    private static String number(final long value) {
        return value == SetSpec.UNSET ? null : Long.toString(value);
    }

    private static String hexadecimal(final long value) {
        return value == SetSpec.UNSET ? null : String.format("0x%08x", value);
    }

    @Override
    public String word() {
        return word;
    }

    @Override
    public boolean takesArgument() {
        return takesArgument;
    }

    @Override
    public Value value() {
        return value;
    }

    @Override
    public String help() {
        return help;
    }

    @Override
    public boolean read(final Session session, final String text) {
        return reader.read(session, text);
    }

    /** Its argument as listings of such a set tell it, empty if it takes none; null if they do not. */
    String text(final SetSpec spec) {
        return null;
    }

    /** Whether a type's sets can be of either family. */
    static boolean hasFamily(final SetType type) {
        return type.isHash() && type != SetType.HASH_MAC;
    }
}
