package io.penstock.conntrack.text;

import io.penstock.os.getopt.OptionArgument;
import java.util.ArrayList;
import java.util.List;

/** The options that do not depend on a protocol, in the order in which they are checked. */
enum GeneralOption {
    SOURCE('s', "src"),
    DESTINATION('d', "dst"),
    REPLY_SOURCE('r', "reply-src"),
    REPLY_DESTINATION('q', "reply-dst"),
    PROTOCOL('p', "protonum"),
    TIMEOUT('t', "timeout"),
    STATUS('u', "status"),
    ZERO('z', "zero"),
    EVENT_MASK('e', "event-mask"),
    TUPLE_SOURCE('[', "tuple-src"),
    TUPLE_DESTINATION(']', "tuple-dst"),
    MASK_SOURCE('{', "mask-src"),
    MASK_DESTINATION('}', "mask-dst"),
    NAT_RANGE('a', "nat-range"),
    MARK('m', "mark"),
    ID('i', "id"),
    FAMILY('f', "family"),
    SOURCE_NAT('n', "src-nat"),
    DESTINATION_NAT('g', "dst-nat"),
    OUTPUT('o', "output"),
    SECMARK('c', "secmark"),
    BUFFER_SIZE('b', "buffer-size"),
    ANY_NAT('j', "any-nat"),
    ZONE('w', "zone"),
    LABEL('l', "label"),
    LABEL_ADD('<', "label-add"),
    LABEL_DELETE('>', "label-del"),
    ORIGINAL_ZONE('(', "orig-zone"),
    REPLY_ZONE(')', "reply-zone");

    /** All short options. */
    static final String SHORTS = "L::I::U::D::G::E::F::A::hVs:d:r:q:p:t:u:e:a:z[:]:{:}:m:i:f:o:n::g::c:b:C::Sj::w:l:<:>::(:):";

    private final char letter;
    private final String text;

    GeneralOption(final char letter, final String text) {
        this.letter = letter;
        this.text = text;
    }

    char letter() {
        return letter;
    }

    /** Its long name, without the dashes. */
    String text() {
        return text;
    }

    /** Which of the pairs of addresses it belongs to, -1 for none. */
    int pair() {
        return switch (this) {
            case SOURCE, DESTINATION -> 0;
            case REPLY_SOURCE, REPLY_DESTINATION -> 1;
            default -> -1;
        };
    }

    /** The option of a letter. */
    static GeneralOption of(final int letter) {
        for (final GeneralOption option : values()) {
            if (option.letter == letter) {
                return option;
            }
        }
        throw new IllegalArgumentException("no option: letter=" + (char) letter);
    }

    /** The long options, of which the first of a letter is what messages call it. */
    static List<LongOption> longOptions() {
        final List<LongOption> all = new ArrayList<>();
        final String[] commands = {"Ldump", "Icreate", "Aadd", "Ddelete", "Uupdate", "Gget", "Fflush", "Eevent", "Ccounter"};
        for (final String command : commands) {
            all.add(new LongOption(command.substring(1), OptionArgument.OPTIONAL, command.charAt(0)));
        }
        all.add(new LongOption("stats", OptionArgument.NONE, 'S'));
        all.add(new LongOption("version", OptionArgument.NONE, 'V'));
        all.add(new LongOption("help", OptionArgument.NONE, 'h'));
        all.add(new LongOption("orig-src", OptionArgument.NEEDED, 's'));
        all.add(new LongOption("orig-dst", OptionArgument.NEEDED, 'd'));
        for (final GeneralOption option : values()) {
            all.add(new LongOption(option.text, switch (option) {
                case ZERO -> OptionArgument.NONE;
                case SOURCE_NAT, DESTINATION_NAT, ANY_NAT, LABEL_DELETE -> OptionArgument.OPTIONAL;
                default -> OptionArgument.NEEDED;
            }, option.letter));
        }
        return all;
    }

    /** What messages call a letter. */
    static String nameOf(final int letter) {
        return longOptions().stream().filter(option -> option.code() == letter).findFirst().orElseThrow().name();
    }
}
