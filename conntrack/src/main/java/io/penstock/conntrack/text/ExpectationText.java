package io.penstock.conntrack.text;

import io.penstock.conntrack.model.ConnectionChange;
import io.penstock.conntrack.model.Expectation;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Expectations as conntrack(8) writes them. */
final class ExpectationText {

    private ExpectationText() {
    }

    static String line(final Expectation expectation, final ConnectionChange change) {
        final StringBuilder text = new StringBuilder(ConnectionText.title(change));
        if (expectation.timeoutSeconds() != null) {
            text.append(expectation.timeoutSeconds()).append(' ');
        }
        text.append("proto=").append(expectation.tuple().protocol()).append(' ')
                .append(TupleText.plain(expectation.tuple(), ""))
                .append(TupleText.plain(expectation.mask(), "mask-"))
                .append(TupleText.plain(expectation.master(), "master-"));
        if (expectation.zone() != null) {
            text.append("zone=").append(expectation.zone()).append(' ');
        }
        if (expectation.flags() != 0) {
            text.append(String.join(",", flags(expectation))).append(' ');
        }
        if (expectation.expectClass() != null) {
            text.append("class=").append(Integer.toUnsignedString(expectation.expectClass())).append(' ');
        }
        if (expectation.helper() != null) {
            text.append("helper=").append(expectation.helper());
        }
        if (text.charAt(text.length() - 1) == ' ') {
            text.setLength(text.length() - 1);
        }
        return text.toString();
    }

    private static List<String> flags(final Expectation expectation) {
        final List<String> names = new ArrayList<>();
        if ((expectation.flags() & Expectation.PERMANENT) != 0) {
            names.add("PERMANENT");
        }
        if ((expectation.flags() & Expectation.INACTIVE) != 0) {
            names.add("INACTIVE");
        }
        if ((expectation.flags() & Expectation.USERSPACE) != 0) {
            names.add("USERSPACE");
        }
        return names;
    }

    /** With the time of day as an element, or nothing. */
    static String xml(final Expectation expectation, final ConnectionChange change, final String when) {
        final StringBuilder text = new StringBuilder(ConnectionText.flowXml(change))
                .append(TupleText.layer3Xml(expectation.tuple()))
                .append("<expected>").append(TupleText.addressesXml(expectation.tuple())).append("</expected>")
                .append("<mask>").append(TupleText.addressesXml(expectation.mask())).append("</mask>")
                .append("<master>").append(TupleText.addressesXml(expectation.master())).append("</master></layer3>")
                .append(TupleText.layer4Xml(expectation.tuple()))
                .append("<expected>").append(TupleText.keysXml(expectation.tuple())).append("</expected>")
                .append("<mask>").append(TupleText.keysXml(expectation.mask())).append("</mask>")
                .append("<master>").append(TupleText.keysXml(expectation.master())).append("</master></layer4><meta>");
        if (expectation.helper() != null) {
            text.append("<helper-name>").append(expectation.helper()).append("</helper-name>");
        }
        if (expectation.timeoutSeconds() != null) {
            text.append("<timeout>").append(expectation.timeoutSeconds()).append("</timeout>");
        }
        if (expectation.expectClass() != null) {
            text.append("<class>").append(Integer.toUnsignedString(expectation.expectClass())).append("</class>");
        }
        if (expectation.zone() != null) {
            text.append("<zone>").append(expectation.zone()).append("</zone>");
        }
        text.append(when);
        flags(expectation).forEach(flag -> text.append('<').append(flag.toLowerCase(Locale.ROOT)).append("/>"));
        return text.append("</meta></flow>").toString();
    }
}
