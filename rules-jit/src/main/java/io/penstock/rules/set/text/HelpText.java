package io.penstock.rules.set.text;

import java.util.List;

/** What {@code help} prints. */
final class HelpText {

    /** Below this many characters a type's name needs another tab behind it. */
    private static final int TAB_AT = 12;

    private static final String FIRST = "Initial revision";
    private static final String COUNTERS = "counters support";
    private static final String COMMENT = "comment support";
    private static final String FORCEADD = "forceadd support";
    private static final String SKBINFO = "skbinfo support";
    private static final String BUCKETS = "bucketsize, initval support";
    private static final String NOMATCH = "nomatch flag support";
    private static final String RANGES = "Add/del range support";
    private static final String SCTP = "SCTP and UDPLITE support";
    private static final String MASKS = "netmask and bitmask support";
    private static final String LOW_FIRST = "initial revision";

    private static final String FAMILY = "where depending on the INET family\n";
    private static final String MANY = "      Adding/deleting multiple elements ";
    private static final String IP_RANGES = MANY + "in IP/CIDR or FROM-TO form\n";
    private static final String PORT_RANGES = MANY + "with TCP/SCTP/UDP/UDPLITE\n      port range is supported both for IPv4 and IPv6.";
    private static final String CIDR = "      CIDR is a valid IPv4 or IPv6 CIDR prefix.";
    private static final String BITMAP = "where IP, FROM and TO are IPv4 addresses (or hostnames),\n      CIDR is a valid IPv4 CIDR prefix.";

    private final TypeWords type;
    private final String added;
    private final String tested;
    private final String usage;
    private final boolean hasPorts;
    private final List<String> revisions;

    private HelpText(final TypeWords type, final String added, final String tested, final String usage, final List<String> revisions) {
        this.type = type;
        this.added = added;
        this.tested = tested;
        this.usage = usage;
        this.hasPorts = added.contains("[PROTO:]") && type.type().isHash();
        this.revisions = revisions;
    }

    private static final List<HelpText> TYPES = List.of(
            new HelpText(TypeWords.LIST_SET, "NAME [before|after NAME]", "NAME [before|after NAME]", "where NAME are existing set names.",
                    List.of(SKBINFO, COMMENT, COUNTERS, FIRST)),
            new HelpText(TypeWords.HASH_MAC, "MAC", "MAC", "", List.of(BUCKETS, FIRST)),
            new HelpText(TypeWords.HASH_IP_MAC, "IP,MAC", "IP,MAC",
                    FAMILY + "      IP is a valid IPv4 or IPv6 address (or hostname),\n      MAC is a MAC address.", List.of(BUCKETS, FIRST)),
            new HelpText(TypeWords.HASH_NET_IFACE, "IP[/CIDR]|FROM-TO,[physdev:]IFACE", "IP[/CIDR],[physdev:]IFACE",
                    FAMILY + "      IP is a valid IPv4 or IPv6 address (or hostname),\n" + CIDR + "\n" + MANY + "with IPv4 is supported.",
                    List.of(BUCKETS, "skbinfo and wildcard support", SKBINFO, FORCEADD, COMMENT, COUNTERS, "/0 network support", NOMATCH,
                            FIRST)),
            new HelpText(TypeWords.HASH_NET_PORT, "IP[/CIDR]|FROM-TO,[PROTO:]PORT", "IP[/CIDR],[PROTO:]PORT",
                    FAMILY + "      IP is a valid IPv4 or IPv6 address (or hostname),\n" + CIDR + "\n" + PORT_RANGES,
                    List.of(BUCKETS, SKBINFO, FORCEADD, COMMENT, COUNTERS, NOMATCH, RANGES, SCTP)),
            new HelpText(TypeWords.HASH_NET_PORT_NET, "IP[/CIDR],[PROTO:]PORT,IP[/CIDR]", "IP[/CIDR],[PROTO:]PORT,IP[/CIDR]",
                    FAMILY + "      IP are valid IPv4 or IPv6 addresses (or hostnames),\n" + CIDR + "\n" + IP_RANGES
                            + "      in both IP components are supported for IPv4.\n" + PORT_RANGES,
                    List.of(BUCKETS, SKBINFO, FORCEADD, LOW_FIRST)),
            new HelpText(TypeWords.HASH_NET_NET, "IP[/CIDR]|FROM-TO,IP[/CIDR]|FROM-TO", "IP[/CIDR],IP[/CIDR]",
                    FAMILY + "      IP is an IPv4 or IPv6 address (or hostname),\n" + CIDR + "\n      IP range is not supported with IPv6.",
                    List.of(MASKS, BUCKETS, SKBINFO, FORCEADD, LOW_FIRST)),
            new HelpText(TypeWords.HASH_NET, "IP[/CIDR]", "IP[/CIDR]",
                    FAMILY + "      IP is an IPv4 or IPv6 address (or hostname),\n" + CIDR,
                    List.of(BUCKETS, SKBINFO, FORCEADD, COMMENT, COUNTERS, NOMATCH, RANGES, FIRST)),
            new HelpText(TypeWords.HASH_IP_PORT_NET, "IP,[PROTO:]PORT,IP[/CIDR]", "IP,[PROTO:]PORT,IP[/CIDR]",
                    FAMILY + "      IP are valid IPv4 or IPv6 addresses (or hostnames),\n" + CIDR + "\n" + IP_RANGES
                            + "      in the first IP component is supported for IPv4.\n" + PORT_RANGES,
                    List.of(BUCKETS, SKBINFO, FORCEADD, COMMENT, COUNTERS, NOMATCH, RANGES, SCTP)),
            new HelpText(TypeWords.HASH_IP_PORT_IP, "IP,[PROTO:]PORT,IP", "IP,[PROTO:]PORT,IP",
                    FAMILY + "      IP is a valid IPv4 or IPv6 address (or hostname).\n" + IP_RANGES
                            + "      in the first IP component is supported for IPv4.\n" + PORT_RANGES,
                    List.of(BUCKETS, SKBINFO, FORCEADD, COMMENT, COUNTERS, SCTP)),
            new HelpText(TypeWords.HASH_IP_MARK, "IP,MARK", "IP,MARK",
                    FAMILY + "      IP is a valid IPv4 or IPv6 address (or hostname).\n" + IP_RANGES + "      is supported for IPv4.\n"
                            + "      Adding/deleting single mark element\n      is supported both for IPv4 and IPv6.",
                    List.of(BUCKETS, SKBINFO, FORCEADD, LOW_FIRST)),
            new HelpText(TypeWords.HASH_IP_PORT, "IP,[PROTO:]PORT", "IP,[PROTO:]PORT",
                    FAMILY + "      IP is a valid IPv4 or IPv6 address (or hostname).\n" + IP_RANGES + "      is supported for IPv4.\n"
                            + PORT_RANGES,
                    List.of(MASKS, BUCKETS, SKBINFO, FORCEADD, COMMENT, COUNTERS, SCTP)),
            new HelpText(TypeWords.HASH_IP, "IP", "IP",
                    FAMILY + "      IP is a valid IPv4 or IPv6 address (or hostname),\n" + CIDR + "\n" + IP_RANGES
                            + "      is supported for IPv4.",
                    List.of("bitmask support", BUCKETS, SKBINFO, FORCEADD, COMMENT, COUNTERS, FIRST)),
            new HelpText(TypeWords.BITMAP_PORT, "[PROTO:]PORT|FROM-TO", "[PROTO:]PORT",
                    "where PORT, FROM and TO are port numbers or port names from /etc/services.\n"
                            + "      PROTO is only needed if a service name is used and it does not exist\n"
                            + "      as a TCP service; just the resolved service numer is stored in the set.",
                    List.of(SKBINFO, COMMENT, COUNTERS, FIRST)),
            new HelpText(TypeWords.BITMAP_IP_MAC, "IP[,MAC]", "IP[,MAC]", BITMAP + "\n      MAC is a valid MAC address.",
                    List.of(SKBINFO, COMMENT, COUNTERS, FIRST)),
            new HelpText(TypeWords.BITMAP_IP, "IP|IP/CIDR|FROM-TO", "IP", BITMAP, List.of(SKBINFO, COMMENT, COUNTERS, FIRST)));

    /** What is the same for all. */
    static String general() {
        final StringBuilder text = new StringBuilder(Session.TITLE).append("\n\nUsage: ").append(Session.TOOL)
                .append(" [options] COMMAND\n\nCommands:\n");
        for (final CommandWord command : CommandWord.values()) {
            text.append(command.word()).append(' ').append(command.help()).append('\n');
        }
        text.append("\nOptions:\n");
        for (final GeneralOption option : GeneralOption.ALL) {
            text.append(option.letter()).append(' ').append(option.help()).append('\n');
        }
        return text.toString();
    }

    /** All types with what each revision brought. */
    static String types() {
        final StringBuilder text = new StringBuilder("\nSupported set types:\n");
        for (final HelpText help : TYPES) {
            final String word = help.type.word();
            int revision = help.type.type().revision();
            for (final String news : help.revisions) {
                text.append("    ").append(word).append(word.length() < TAB_AT ? "\t\t" : "\t").append(revision--).append('\t').append(news)
                        .append('\n');
            }
        }
        return text.toString();
    }

    /** Of a type. */
    static String of(final TypeWords type) {
        return TYPES.stream().filter(help -> help.type == type).findFirst().orElseThrow().text();
    }

    private String text() {
        final String word = type.word();
        final StringBuilder text = new StringBuilder("\n").append(word).append(" type specific options:\n\n");
        section(text, "create", type.type().isBitmap() ? "range " + (type == TypeWords.BITMAP_PORT ? "[PROTO:]FROM-TO" : "IP/CIDR|FROM-TO")
                : "", type.createOptions());
        section(text, "add   ", added, type.elementOptions(CommandWord.ADD));
        section(text, "del   ", added, type.elementOptions(CommandWord.DELETE));
        section(text, "test  ", tested, type.elementOptions(CommandWord.TEST));
        text.append('\n').append(usage).append('\n');
        if (hasPorts) {
            ports(text);
        }
        text.append("\nType ").append(word);
        if (type.type().isBitmap() && type != TypeWords.BITMAP_PORT) {
            text.append(" supports family inet only.\n");
        } else {
            text.append(CreateOption.hasFamily(type.type()) ? " supports inet and inet6.\n" : " is family neutral.\n");
        }
        return text.toString();
    }

    private void section(final StringBuilder text, final String command, final String form, final List<? extends LineOption> options) {
        text.append(command).append(" SETNAME ").append(type.word()).append(' ').append(form).append('\n');
        for (final LineOption option : options) {
            if (!option.help().isEmpty()) {
                text.append("               ").append(option.help()).append('\n');
            }
        }
    }

    private static void ports(final StringBuilder text) {
        text.append("""
                      [PROTO:]PORT is a valid pattern of the following:
                           PORTNAME         TCP port name from /etc/services
                           PORTNUMBER       TCP port number identifier
                           tcp|sctp|udp|udplite:PORTNAME|PORTNUMBER
                           icmp:CODENAME    supported ICMP codename
                           icmp:TYPE/CODE   ICMP type/code value
                           icmpv6:CODENAME  supported ICMPv6 codename
                           icmpv6:TYPE/CODE ICMPv6 type/code value
                           PROTO:0          all other protocols

                """);
        for (final IcmpNames names : IcmpNames.values()) {
            text.append("           Supported ").append(names.protocol()).append(" codenames:\n");
            names.all().forEach(name -> text.append("               ").append(name).append('\n'));
        }
    }
}
