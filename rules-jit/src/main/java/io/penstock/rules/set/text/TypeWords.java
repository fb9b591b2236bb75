package io.penstock.rules.set.text;

import static io.penstock.rules.set.text.CreateOption.BITMASK;
import static io.penstock.rules.set.text.CreateOption.BUCKETSIZE;
import static io.penstock.rules.set.text.CreateOption.COMMENT;
import static io.penstock.rules.set.text.CreateOption.COUNTERS;
import static io.penstock.rules.set.text.CreateOption.FAMILY;
import static io.penstock.rules.set.text.CreateOption.FORCEADD;
import static io.penstock.rules.set.text.CreateOption.FROM;
import static io.penstock.rules.set.text.CreateOption.FROM_PORT;
import static io.penstock.rules.set.text.CreateOption.GC;
import static io.penstock.rules.set.text.CreateOption.HASHSIZE;
import static io.penstock.rules.set.text.CreateOption.IGNORED_FROM;
import static io.penstock.rules.set.text.CreateOption.IGNORED_NETWORK;
import static io.penstock.rules.set.text.CreateOption.IGNORED_TO;
import static io.penstock.rules.set.text.CreateOption.INET;
import static io.penstock.rules.set.text.CreateOption.INET6;
import static io.penstock.rules.set.text.CreateOption.INITVAL;
import static io.penstock.rules.set.text.CreateOption.MARKMASK;
import static io.penstock.rules.set.text.CreateOption.MAXELEM;
import static io.penstock.rules.set.text.CreateOption.NETMASK;
import static io.penstock.rules.set.text.CreateOption.NETWORK;
import static io.penstock.rules.set.text.CreateOption.PORT_RANGE;
import static io.penstock.rules.set.text.CreateOption.PROBES;
import static io.penstock.rules.set.text.CreateOption.RANGE;
import static io.penstock.rules.set.text.CreateOption.RESIZE;
import static io.penstock.rules.set.text.CreateOption.SIZE;
import static io.penstock.rules.set.text.CreateOption.SKBINFO;
import static io.penstock.rules.set.text.CreateOption.TIMEOUT;
import static io.penstock.rules.set.text.CreateOption.TO;
import static io.penstock.rules.set.text.CreateOption.TO_PORT;

import io.penstock.rules.set.SetType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;

/** What commands can say of each type's sets and elements. The order of options is that of listings. */
enum TypeWords {
    BITMAP_IP(SetType.BITMAP_IP, "ipmap", addresses(NETMASK, TIMEOUT, COUNTERS, COMMENT, SKBINFO)),
    BITMAP_IP_MAC(SetType.BITMAP_IP_MAC, "macipmap", addresses(TIMEOUT, COUNTERS, COMMENT, SKBINFO)),
    BITMAP_PORT(SetType.BITMAP_PORT, "portmap",
            List.of(PORT_RANGE, TIMEOUT, COUNTERS, COMMENT, SKBINFO, FROM_PORT, TO_PORT)),
    HASH_IP(SetType.HASH_IP, "iphash",
            List.of(FAMILY, INET, INET6, HASHSIZE, MAXELEM, NETMASK, BITMASK, TIMEOUT, COUNTERS, COMMENT, FORCEADD, SKBINFO, BUCKETSIZE,
                    INITVAL, PROBES, RESIZE, GC)),
    HASH_MAC(SetType.HASH_MAC, "machash",
            List.of(HASHSIZE, MAXELEM, TIMEOUT, COUNTERS, COMMENT, FORCEADD, SKBINFO, BUCKETSIZE, INITVAL)),
    HASH_IP_MAC(SetType.HASH_IP_MAC, "ipmachash", hash()),
    HASH_NET(SetType.HASH_NET, "nethash", hash(PROBES, RESIZE)),
    HASH_NET_NET(SetType.HASH_NET_NET, "netnethash", hash(BITMASK, NETMASK)),
    HASH_IP_PORT(SetType.HASH_IP_PORT, "ipporthash",
            hash(NETMASK, BITMASK, PROBES, RESIZE, IGNORED_FROM, IGNORED_TO, IGNORED_NETWORK)),
    HASH_NET_PORT(SetType.HASH_NET_PORT, "netporthash", hash()),
    HASH_IP_PORT_IP(SetType.HASH_IP_PORT_IP, "ipportiphash", hash(PROBES, RESIZE, IGNORED_FROM, IGNORED_TO, IGNORED_NETWORK)),
    HASH_IP_PORT_NET(SetType.HASH_IP_PORT_NET, "ipportnethash", hash(PROBES, RESIZE, IGNORED_FROM, IGNORED_TO, IGNORED_NETWORK)),
    HASH_IP_MARK(SetType.HASH_IP_MARK, "ipmarkhash",
            List.of(FAMILY, INET, INET6, MARKMASK, HASHSIZE, MAXELEM, TIMEOUT, COUNTERS, COMMENT, FORCEADD, SKBINFO, BUCKETSIZE, INITVAL,
                    PROBES, RESIZE, IGNORED_FROM, IGNORED_TO, IGNORED_NETWORK)),
    HASH_NET_PORT_NET(SetType.HASH_NET_PORT_NET, "netportnethash", hash()),
    HASH_NET_IFACE(SetType.HASH_NET_IFACE, "netifacehash", hash()),
    LIST_SET(SetType.LIST_SET, "setlist", List.of(SIZE, TIMEOUT, COUNTERS, COMMENT, SKBINFO));

    private final SetType type;
    private final String alias;
    private final List<CreateOption> createOptions;
    private final List<ElementReader.Place> places;
    private final List<ElementOption> addOptions;
    private final List<ElementOption> deleteOptions;
    private final List<ElementOption> testOptions;
    private final long needed;
    private final long added;
    private final long tested;

    TypeWords(final SetType type, final String alias, final List<CreateOption> createOptions) {
        this.type = type;
        this.alias = alias;
        this.createOptions = createOptions;
        this.places = ElementReader.places(type);
        final List<SetType.Part> parts = type.parts();
        final List<ElementOption> kind = new ArrayList<>();
        if (parts.contains(SetType.Part.SET)) {
            kind.addAll(List.of(ElementOption.BEFORE, ElementOption.AFTER));
        }
        this.deleteOptions = List.copyOf(kind);
        if (type.hasNomatch()) {
            kind.add(ElementOption.NOMATCH);
        }
        this.testOptions = List.copyOf(kind);
        if (parts.contains(SetType.Part.IFACE)) {
            kind.add(ElementOption.WILDCARD);
        }
        this.addOptions = Arrays.stream(ElementOption.values())
                .filter(option -> kind.contains(option) || option == ElementOption.TIMEOUT
                        || option.compareTo(ElementOption.PACKETS) >= 0)
                .toList();
        this.needed = needed(type);
        final long possible = needed | (parts.contains(SetType.Part.MAC) ? Value.ETHER.bit() : 0);
        this.added = possible | options(addOptions) | ranges(type, false);
        this.tested = possible | options(testOptions) | ranges(type, true);
    }

    private static List<CreateOption> addresses(final CreateOption... some) {
        return Stream.of(Stream.of(RANGE), Stream.of(some), Stream.of(FROM, TO, NETWORK)).flatMap(part -> part).toList();
    }

    private static List<CreateOption> hash(final CreateOption... more) {
        return Stream.concat(Stream.of(FAMILY, INET, INET6, HASHSIZE, MAXELEM, TIMEOUT, COUNTERS, COMMENT, FORCEADD, SKBINFO, BUCKETSIZE,
                INITVAL), Stream.of(more)).toList();
    }

    private static long options(final Collection<? extends LineOption> options) {
        return options.stream().mapToLong(option -> option.value().bit()).reduce(0, (some, more) -> some | more);
    }

    /** What an element must say. */
    private static long needed(final SetType type) {
        long needed = 0;
        for (final ElementReader.Place place : ElementReader.places(type)) {
            final boolean isOptional = type == SetType.BITMAP_IP_MAC && place.value() == Value.ETHER;
            needed |= isOptional ? 0 : place.value().bit();
            needed |= place.value() == Value.PORT && type.isHash() ? Value.PROTO.bit() : 0;
        }
        return needed;
    }

    /** Ranges and networks that an element can have: all to be added or deleted, fewer to be asked for. */
    private static long ranges(final SetType type, final boolean isTest) {
        long ranges = 0;
        for (int i = 0; i < type.parts().size(); i++) {
            ranges |= switch (type.parts().get(i)) {
                case IP -> i == 0 && hasRange(type, isTest) ? Value.IP_TO.bit() | Value.CIDR.bit() : 0;
                case NET -> (i == 0 ? Value.CIDR : Value.CIDR2).bit() | (isTest ? 0 : (i == 0 ? Value.IP_TO : Value.IP2_TO).bit());
                case PORT -> isTest ? 0 : Value.PORT_TO.bit();
                default -> 0;
            };
        }
        return ranges;
    }

    private static boolean hasRange(final SetType type, final boolean isTest) {
        if (isTest) {
            return type == SetType.HASH_IP || type == SetType.HASH_IP_MARK;
        }
        return type != SetType.BITMAP_IP_MAC && type != SetType.HASH_IP_MAC;
    }

    SetType type() {
        return type;
    }

    /** The type's name. */
    String word() {
        return type.word();
    }

    /** Options of a set. */
    List<CreateOption> createOptions() {
        return createOptions;
    }

    /** The parts of an element. */
    List<ElementReader.Place> places() {
        return places;
    }

    /** Whether an element can do without its last part. */
    boolean isLastOptional() {
        return type == SetType.BITMAP_IP_MAC;
    }

    /** Options of an element. */
    List<ElementOption> elementOptions(final CommandWord command) {
        return command == CommandWord.ADD ? addOptions : command == CommandWord.DELETE ? deleteOptions : testOptions;
    }

    /** What an element must say. */
    long neededValues() {
        return needed;
    }

    /** What a set must be made with. */
    long neededToCreate() {
        if (!type.isBitmap()) {
            return 0;
        }
        return type == SetType.BITMAP_PORT ? Value.PORT.bit() | Value.PORT_TO.bit() : Value.IP.bit() | Value.IP_TO.bit();
    }

    /** What an element can say. */
    long allowedValues(final CommandWord command) {
        return command == CommandWord.TEST ? tested : added;
    }

    static TypeWords of(final SetType type) {
        return valueOf(type.name());
    }

    /** The type of a name, its old one included; null if there is none. */
    static TypeWords of(final String name) {
        for (final TypeWords words : values()) {
            if (words.word().equals(name) || words.alias.equals(name)) {
                return words;
            }
        }
        return null;
    }
}
