package io.penstock.conntrack.text;

import io.penstock.conntrack.model.ConnTuple;
import io.penstock.conntrack.model.ConnectionTable;
import io.penstock.conntrack.text.AddressText.Address;
import io.penstock.os.getopt.GetoptLong;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Reads the words of one command. */
final class CommandParser {

    /** Codes of protocols' options begin at a multiple of this, so that none is a letter. */
    private static final int CODE_STEP = 256;
    /** The largest number of a protocol that can be named by it, {@code IPPROTO_RAW}. */
    private static final int LAST_PROTOCOL = 255;
    private static final int LONGEST_ADDRESS = 45;
    private static final int NO_MASK = -1;
    private static final int BAD_MASK = -2;

    private final Run run;
    private final Console console;
    private final GetoptLong<LongOption> words;
    private final List<LongOption> longOptions = GeneralOption.longOptions();
    private final Set<GeneralOption> options = EnumSet.noneOf(GeneralOption.class);
    private final Set<ProtocolOption> protocolOptions = EnumSet.noneOf(ProtocolOption.class);
    private final Template template = new Template();
    private CommandKind kind = CommandKind.NONE;
    private ConnectionTable table = ConnectionTable.CONNTRACK;
    private int family;
    private int protocolNumber;
    private int protocolsNamed;
    private int events;
    private long bufferBytes;

    CommandParser(final Run run, final List<String> words) {
        this.run = run;
        this.console = run.console();
        this.words = new GetoptLong<>(words, GeneralOption.SHORTS, false, List.of(longOptions));
    }

    /** Reads them all. */
    Command parse() {
        for (int found = words.next(); found != GetoptLong.END; found = words.next()) {
            final int code = found == GetoptLong.LONG ? words.found().code() : found;
            if (found == GetoptLong.MISSING) {
                throw console.wrong("option `" + last() + "' requires an argument");
            }
            if (found == GetoptLong.UNKNOWN) {
                throw console.wrong("unknown option `" + last() + "'");
            }
            if (code >= CODE_STEP) {
                protocolOption(code);
            } else if ("LIDGFEVhCSUA".indexOf(code) >= 0) {
                command((char) code);
            } else {
                option(GeneralOption.of(code));
            }
        }
        check();
        return new Command(kind, table, options, family, protocolNumber, events, bufferBytes, run.protocol == Protocol.TCP, template);
    }

    /** The word before the next one. */
    private String last() {
        return words.index() == 0 ? Console.NAME : words.word(words.index() - 1);
    }

    /** The next word as an argument, if the option has none yet and the word can be one; else null. */
    private String takePlain() {
        return words.argument() == null && words.hasPlain() ? words.take() : null;
    }

    private void command(final char letter) {
        final String name = takePlain();
        final boolean isExpect = name != null && "expect".startsWith(name);
        if (name != null && !isExpect && !"conntrack".startsWith(name)) {
            if ("dying".startsWith(name)) {
                table = ConnectionTable.DYING;
            } else if ("unconfirmed".startsWith(name)) {
                table = ConnectionTable.UNCONFIRMED;
            } else {
                throw console.wrong("unknown type `" + name + "'");
            }
        }
        if (letter != 'L' && table != ConnectionTable.CONNTRACK) {
            throw console.wrong("Can't do that command with tables `dying' and `unconfirmed'");
        }
        final CommandKind asked = CommandKind.of(letter, isExpect);
        if (asked == null) {
            throw console.wrong("Can't do --" + GeneralOption.nameOf(letter) + " on expectations");
        }
        if (kind != CommandKind.NONE) {
            throw console.wrong("Invalid commands combination");
        }
        kind = asked;
    }

    private void option(final GeneralOption option) {
        final String text = words.argument();
        if (option == GeneralOption.NAT_RANGE) {
            console.warn("WARNING: ignoring -a, deprecated option.\n");
            return;
        }
        switch (option) {
            case SOURCE, DESTINATION, REPLY_SOURCE, REPLY_DESTINATION, TUPLE_SOURCE, TUPLE_DESTINATION, MASK_SOURCE, MASK_DESTINATION ->
                    address(option, text);
            case PROTOCOL -> protocol(text);
            case TIMEOUT -> {
                template.said.add(Field.TIMEOUT);
                template.timeoutSeconds = CText.signed(text) & 0xFFFF_FFFFL;
            }
            case STATUS -> status(text);
            case EVENT_MASK -> events |= Parameters.parse(console, Parameters.Kind.EVENT, text);
            case OUTPUT -> output(text);
            case SOURCE_NAT, DESTINATION_NAT, ANY_NAT -> nat(option);
            case ZONE -> {
                template.said.add(Field.ZONE);
                template.zone = number16(text);
            }
            case ORIGINAL_ZONE -> {
                template.said.add(Field.ORIGINAL_ZONE);
                template.originalZone = number16(text);
            }
            case REPLY_ZONE -> {
                template.said.add(Field.REPLY_ZONE);
                template.replyZone = number16(text);
            }
            case ID -> {
                template.said.add(Field.ID);
                template.id = (int) CText.read(text, true).value();
            }
            case MARK -> mark(text);
            case LABEL, LABEL_ADD, LABEL_DELETE -> label(option);
            case FAMILY -> family(text);
            case BUFFER_SIZE -> bufferBytes = CText.signed(text);
            default -> {
                // A flag, or what has no effect.
            }
        }
        options.add(option);
    }

    private static int number16(final String text) {
        return (int) CText.read(text, true).value() & 0xFFFF;
    }

    private void setFamily(final int asked) {
        if (family != 0 && family != asked) {
            throw console.wrong("mismatched address family");
        }
        family = asked;
    }

    private void family(final String text) {
        if (text.startsWith("ipv4")) {
            setFamily(ConnTuple.IPV4);
        } else if (text.startsWith("ipv6")) {
            setFamily(ConnTuple.IPV6);
        } else {
            throw console.wrong("`" + text + "' unsupported protocol");
        }
    }

    private void status(final String text) {
        template.said.add(Field.STATUS);
        Parameters.parseStatus(console, text, template);
        if (template.statusMask == 0) {
            template.statusMask = template.status;
        }
    }

    private void output(final String text) {
        run.output |= Parameters.parse(console, Parameters.Kind.OUTPUT, text);
        if ((run.output & Parameters.LABELS) != 0) {
            run.readLabels();
        }
        if ((run.output & Parameters.SAVE) != 0 && run.output != Parameters.SAVE) {
            throw console.failed("cannot combine save output with any other output type, use -o save only");
        }
    }

    private void mark(final String text) {
        final CText.Number value = CText.read(text, true);
        template.mark = (int) value.value();
        template.markMask = text.startsWith("/", value.end()) ? (int) CText.read(text.substring(value.end() + 1), true).value() : -1;
    }

    private void label(final GeneralOption option) {
        options.add(option);
        run.readLabels();
        if (options.contains(GeneralOption.LABEL_ADD) && options.contains(GeneralOption.LABEL_DELETE)) {
            throw console.failed("cannot use --label-add and --label-del at the same time");
        }
        final String names = option == GeneralOption.LABEL_DELETE ? takePlain() : words.argument();
        if (names == null) {
            return;
        }
        final BitSet bits = new BitSet();
        for (final String name : names.split(",", -1)) {
            bits.set(run.label(name));
        }
        if (option == GeneralOption.LABEL) {
            template.labels = merged(template.labels, bits);
        } else {
            template.labelChange = merged(template.labelChange, bits);
        }
    }

    private static BitSet merged(final BitSet before, final BitSet bits) {
        if (before != null) {
            bits.or(before);
        }
        return bits;
    }

    /** Reads an address and perhaps the length of its mask, and settles the family. */
    private Address read(final String text, final GeneralOption option, final int[] mask) {
        final String whole = text.length() > LONGEST_ADDRESS ? text.substring(0, LONGEST_ADDRESS) : text;
        final int slash = whole.indexOf('/');
        final Address address = AddressText.parse(slash < 0 ? whole : whole.substring(0, slash));
        if (address == null) {
            throw console.wrong("Invalid IP address `" + text + "'");
        }
        mask[0] = slash < 0 ? NO_MASK : maskLength(whole.substring(slash + 1), address.family() == ConnTuple.IPV4 ? 32 : 128);
        setFamily(address.family());
        final boolean takesMask = switch (option) {
            case SOURCE, DESTINATION, TUPLE_SOURCE, TUPLE_DESTINATION -> true;
            default -> false;
        };
        if (mask[0] != NO_MASK && !takesMask) {
            throw console.wrong("CIDR notation unavailable for `--" + GeneralOption.nameOf(option.letter()) + "'");
        }
        if (mask[0] == BAD_MASK) {
            throw console.wrong("Invalid netmask");
        }
        return address;
    }

    private static int maskLength(final String text, final int longest) {
        final CText.Number number = CText.read(text, false);
        final int length = (int) number.value();
        return length < 0 || length > longest || number.end() != text.length() ? BAD_MASK : length;
    }

    private void address(final GeneralOption option, final String text) {
        final int[] mask = new int[1];
        final Address address = read(text, option, mask);
        set(option, address);
        final int longest = address.family() == ConnTuple.IPV4 ? 32 : 128;
        if (mask[0] != NO_MASK && mask[0] != longest) {
            final boolean isSource = option == GeneralOption.SOURCE || option == GeneralOption.TUPLE_SOURCE;
            final GeneralOption asked = isSource ? GeneralOption.MASK_SOURCE : GeneralOption.MASK_DESTINATION;
            set(asked, address.family() == ConnTuple.IPV4
                    ? new Address(ConnTuple.IPV4, 0, ones(mask[0], Integer.SIZE) >>> Integer.SIZE)
                    : new Address(ConnTuple.IPV6, ones(mask[0], Long.SIZE), ones(mask[0] - Long.SIZE, Long.SIZE)));
            options.add(asked);
        }
    }

    /** So many ones from the left, at most a number. */
    private static long ones(final int count, final int most) {
        final int set = Math.clamp(count, 0, most);
        return set == 0 ? 0 : -1L << Long.SIZE - set;
    }

    private void set(final GeneralOption option, final Address address) {
        final Side side = switch (option) {
            case SOURCE, DESTINATION -> template.original;
            case REPLY_SOURCE, REPLY_DESTINATION -> template.reply;
            case TUPLE_SOURCE, TUPLE_DESTINATION -> template.tuple;
            default -> template.mask;
        };
        side.family = address.family();
        switch (option) {
            case SOURCE, REPLY_SOURCE, TUPLE_SOURCE, MASK_SOURCE -> {
                side.sourceHigh = address.high();
                side.sourceLow = address.low();
            }
            default -> {
                side.destinationHigh = address.high();
                side.destinationLow = address.low();
            }
        }
        switch (option) {
            case SOURCE -> template.said.addAll(Set.of(Field.FAMILY, Field.SOURCE));
            case DESTINATION -> template.said.addAll(Set.of(Field.FAMILY, Field.DESTINATION));
            case REPLY_SOURCE -> template.said.addAll(Set.of(Field.REPLY_FAMILY, Field.REPLY_SOURCE));
            case REPLY_DESTINATION -> template.said.addAll(Set.of(Field.REPLY_FAMILY, Field.REPLY_DESTINATION));
            default -> {
                // No connection's.
            }
        }
    }

    /** Source or destination, or with {@link GeneralOption#ANY_NAT} both. */
    private void nat(final GeneralOption option) {
        final String text = takePlain();
        if (text == null) {
            return;
        }
        final NatWords nat = NatWords.parse(console, text);
        final Address address = read(nat.address(), option, new int[1]);
        if (option != GeneralOption.ANY_NAT) {
            template.original.family = address.family();
            template.said.add(Field.FAMILY);
        }
        if (option != GeneralOption.DESTINATION_NAT) {
            template.said.add(Field.SOURCE_NAT_ADDRESS);
            template.sourceNat = address;
            if (nat.port() >= 0) {
                template.said.add(Field.SOURCE_NAT_PORT);
                template.sourceNatPort = nat.port();
            }
        }
        if (option != GeneralOption.SOURCE_NAT) {
            template.said.add(Field.DESTINATION_NAT_ADDRESS);
            template.destinationNat = address;
            if (nat.port() >= 0) {
                template.said.add(Field.DESTINATION_NAT_PORT);
                template.destinationNatPort = nat.port();
            }
        }
    }

    private void protocol(final String text) {
        run.protocol = null;
        for (final Protocol known : Protocol.values()) {
            if (known != Protocol.UNKNOWN && known.text().equals(text.toLowerCase(Locale.ROOT))) {
                run.protocol = known;
                protocolNumber = known.number();
            }
        }
        if (run.protocol == null) {
            final CText.Number number = CText.read(text, true);
            final int named = new ProtocolNames(run.files()).number(text);
            if (named < 0 && (number.end() == 0 || number.end() != text.length()
                    || Long.compareUnsigned(number.value(), LAST_PROTOCOL) > 0)) {
                throw console.wrong("`" + text + "' unsupported protocol");
            }
            // A protocol that has another name in the system's list is taken for one without options.
            run.protocol = named >= 0 ? Protocol.UNKNOWN : Protocol.of((int) number.value());
            protocolNumber = named >= 0 ? named : (int) number.value();
        }
        longOptions.addAll(run.protocol.longOptions(++protocolsNamed * CODE_STEP));
        template.said.add(Field.PROTOCOL);
        template.original.protocol = protocolNumber;
    }

    private void protocolOption(final int code) {
        final ProtocolOption option = run.protocol.option(code);
        if (option != null) {
            new ProtocolWords(console, run.protocol, template).read(option, words.argument());
            protocolOptions.add(option);
        }
    }

    private void check() {
        if (family == 0) {
            family = switch (kind) {
                case LIST, UPDATE, DELETE, GET, FLUSH, EVENT -> 0;
                default -> ConnTuple.IPV4;
            };
        }
        if (options.contains(GeneralOption.ANY_NAT)
                && (options.contains(GeneralOption.SOURCE_NAT) || options.contains(GeneralOption.DESTINATION_NAT))) {
            throw console.wrong("cannot specify `--src-nat' or `--dst-nat' with `--any-nat'");
        }
        final List<Legality.Checked> checked = new ArrayList<>();
        for (final GeneralOption option : GeneralOption.values()) {
            checked.add(new Legality.Checked(option.text(), options.contains(option), kind.legality(option.letter()), option.pair()));
        }
        switch (Legality.check(console, checked)) {
            case FIRST_BROKEN -> throw console.wrong("you have to specify `--src' and `--dst'");
            case SECOND_BROKEN -> throw console.wrong("you have to specify `--reply-src' and `--reply-dst'");
            default -> {
                // Whole.
            }
        }
        if (kind != CommandKind.HELP && run.protocol != null) {
            checkProtocol();
        }
    }

    private void checkProtocol() {
        final Protocol protocol = run.protocol;
        if (protocol == Protocol.UNKNOWN) {
            if (template.says(Field.REPLY_FAMILY) && template.says(Field.PROTOCOL) && !template.says(Field.REPLY_PROTOCOL)) {
                template.said.add(Field.REPLY_PROTOCOL);
                template.reply.protocol = template.original.protocol;
            }
            return;
        }
        final List<Legality.Checked> checked = new ArrayList<>();
        for (final ProtocolOption option : protocol.options()) {
            checked.add(new Legality.Checked(protocol.nameOf(option), protocolOptions.contains(option), option.legality(kind, protocol),
                    option.pair()));
        }
        final Legality.Pairs pairs = Legality.check(console, checked);
        if (pairs != Legality.Pairs.WHOLE) {
            throw console.wrong(protocol.brokenPair(pairs));
        }
    }
}
