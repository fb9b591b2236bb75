package io.penstock.rules.match;

import io.penstock.rules.api.IpFamily;
import io.penstock.rules.api.ListScope;
import io.penstock.rules.api.Match;
import io.penstock.rules.api.MatchKind;
import io.penstock.rules.api.MatchParser;
import io.penstock.rules.api.OptionSpec;
import io.penstock.rules.api.OptionType;
import io.penstock.rules.api.OptionValue;
import io.penstock.rules.text.AddressText;
import java.util.List;

/**
 * {@code -m srh}: the segment routing header.
 *
 * @param tests           what was asked for: a bit for each option, in their order
 * @param inversions      which of them are inverted
 * @param nextHeader      the next header
 * @param headerLength    what the header's length is compared to, by each of three options
 * @param segmentsLeft    what the segments left are compared to
 * @param lastEntry       what the last entry is compared to
 * @param tag             the tag
 * @param previousSegment the previous segment, null for any
 * @param nextSegment     the next segment, null for any
 * @param lastSegment     the last segment, null for any
 */
public record SrhMatch(
        int tests,
        int inversions,
        int nextHeader,
        int headerLength,
        int segmentsLeft,
        int lastEntry,
        int tag,
        MaskedAddress previousSegment,
        MaskedAddress nextSegment,
        MaskedAddress lastSegment) implements Match {

    private static final String PREFIX = "srh-";
    private static final List<String> OPTIONS = List.of("next-hdr", "hdr-len-eq", "hdr-len-gt", "hdr-len-lt", "segs-left-eq",
            "segs-left-gt", "segs-left-lt", "last-entry-eq", "last-entry-gt", "last-entry-lt", "tag", "psid", "nsid", "lsid");
    private static final int TAG = OPTIONS.indexOf("tag");

    /** Its kind. */
    public static final MatchKind KIND = DescribedMatchKind.of("srh", 1, """
            srh match options:
            [!] --srh-next-hdr\t\tnext-hdr        Next Header value of SRH
            [!] --srh-hdr-len-eq\t\thdr_len         Hdr Ext Len value of SRH
            [!] --srh-hdr-len-gt\t\thdr_len         Hdr Ext Len value of SRH
            [!] --srh-hdr-len-lt\t\thdr_len         Hdr Ext Len value of SRH
            [!] --srh-segs-left-eq\t\tsegs_left       Segments Left value of SRH
            [!] --srh-segs-left-gt\t\tsegs_left       Segments Left value of SRH
            [!] --srh-segs-left-lt\t\tsegs_left       Segments Left value of SRH
            [!] --srh-last-entry-eq \tlast_entry      Last Entry value of SRH
            [!] --srh-last-entry-gt \tlast_entry      Last Entry value of SRH
            [!] --srh-last-entry-lt \tlast_entry      Last Entry value of SRH
            [!] --srh-tag\t\t\ttag             Tag value of SRH
            [!] --srh-psid\t\t\taddr[/mask]\tSRH previous SID
            [!] --srh-nsid\t\t\taddr[/mask]\tSRH next SID
            [!] --srh-lsid\t\t\taddr[/mask]\tSRH Last SID
            """, scope -> new Parser(),
            OPTIONS.stream().map(SrhMatch::spec).toArray(OptionSpec[]::new)).in(IpFamily.IPV6);

    @Override
    public MatchKind kind() {
        return KIND;
    }

    @Override
    public void save(final StringBuilder out) {
        for (int option = 0; option < OPTIONS.size(); option++) {
            if (looksAt(option)) {
                HeaderText.option(out, isInverted(option), PREFIX).append(OPTIONS.get(option)).append(' ');
                append(out, option);
            }
        }
    }

    @Override
    public void list(final StringBuilder out, final ListScope scope) {
        out.append(" srh");
        for (int option = 0; option < OPTIONS.size(); option++) {
            if (looksAt(option)) {
                out.append(' ').append(OPTIONS.get(option)).append(option <= TAG ? ":" : " ").append(isInverted(option) ? "!" : "")
                        .append(option <= TAG ? "" : " ");
                append(out, option);
            }
        }
    }

    private boolean looksAt(final int option) {
        return (tests >>> option & 1) != 0;
    }

    private boolean isInverted(final int option) {
        return (inversions >>> option & 1) != 0;
    }

    private void append(final StringBuilder out, final int option) {
        switch (OPTIONS.get(option)) {
            case "next-hdr" -> out.append(nextHeader);
            case "hdr-len-eq", "hdr-len-gt", "hdr-len-lt" -> out.append(headerLength);
            case "segs-left-eq", "segs-left-gt", "segs-left-lt" -> out.append(segmentsLeft);
            case "last-entry-eq", "last-entry-gt", "last-entry-lt" -> out.append(lastEntry);
            case "tag" -> out.append(tag);
            case "psid" -> append(out, previousSegment);
            case "nsid" -> append(out, nextSegment);
            default -> append(out, lastSegment);
        }
    }

    private static void append(final StringBuilder out, final MaskedAddress segment) {
        out.append(AddressText.ipv6(segment.address().high(), segment.address().low())).append('/');
        // A mask with a gap has the length -1, which the real tool writes as an unsigned number.
        out.append(Integer.toUnsignedString(AddressText.prefix(segment.mask().toBytes())));
    }

    private static OptionSpec spec(final String name) {
        final OptionType type = switch (name) {
            case "tag" -> OptionType.UINT16;
            case "psid", "nsid", "lsid" -> OptionType.HOST_MASK;
            default -> OptionType.UINT8;
        };
        return OptionSpec.of(PREFIX + name, type).inverted();
    }

    /** Reads the options. */
    private static final class Parser implements MatchParser {

        private int tests;
        private int inversions;
        private int nextHeader;
        private int headerLength;
        private int segmentsLeft;
        private int lastEntry;
        private int tag;
        private MaskedAddress previousSegment;
        private MaskedAddress nextSegment;
        private MaskedAddress lastSegment;

        @Override
        public void option(final OptionSpec spec, final OptionValue value) {
            final String name = spec.name().substring(PREFIX.length());
            final int number = (int) value.low();
            switch (name) {
                case "next-hdr" -> nextHeader = number;
                case "hdr-len-eq", "hdr-len-gt", "hdr-len-lt" -> headerLength = number;
                case "segs-left-eq", "segs-left-gt", "segs-left-lt" -> segmentsLeft = number;
                case "last-entry-eq", "last-entry-gt", "last-entry-lt" -> lastEntry = number;
                case "tag" -> tag = number;
                case "psid" -> previousSegment = MaskedAddress.of(value);
                case "nsid" -> nextSegment = MaskedAddress.of(value);
                default -> lastSegment = MaskedAddress.of(value);
            }
            final int bit = 1 << OPTIONS.indexOf(name);
            tests |= bit;
            inversions |= value.inverted() ? bit : 0;
        }

        @Override
        public SrhMatch finish() {
            return new SrhMatch(tests, inversions, nextHeader, headerLength, segmentsLeft, lastEntry, tag,
                    previousSegment, nextSegment, lastSegment);
        }
    }
}
