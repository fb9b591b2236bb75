package io.penstock.rules.match;

import io.penstock.os.sys.Errno;
import io.penstock.rules.api.Kind;
import io.penstock.rules.api.ListScope;
import io.penstock.rules.api.Match;
import io.penstock.rules.api.MatchKind;
import io.penstock.rules.api.MatchParser;
import io.penstock.rules.api.OptionSpec;
import io.penstock.rules.api.OptionType;
import io.penstock.rules.api.OptionValue;
import io.penstock.rules.api.Place;
import io.penstock.rules.api.RuleHook;
import io.penstock.rules.text.SavedText;

/**
 * Looks at the control group of the socket that sent the packet; what is null is not looked at.
 *
 * @param path    in the second hierarchy
 * @param classId in the first one; 32 bits unsigned
 */
public record CgroupMatch(Given<String> path, Given<Long> classId) implements Match {

    static final MatchKind KIND = DescribedMatchKind.of(
            "cgroup",
            2,
            """
            cgroup match options:
            [!] --path path                 Recursively match path relative to cgroup2 root
            [!] --cgroup classid            Match cgroup classid, can't be used with --path
            """,
            scope -> new Parser(),
            OptionSpec.of("path", OptionType.STRING).inverted(),
            OptionSpec.of("cgroup", OptionType.UINT32).inverted())
            .at(RuleHook.INPUT, RuleHook.OUTPUT, RuleHook.POSTROUTING);

    /** {@code XT_CGROUP_PATH_MAX} of revision 2. */
    private static final int PATH_BYTES = 512;

    @Override
    public MatchKind kind() {
        return KIND;
    }

    @Override
    public void save(final StringBuilder out) {
        if (path != null) {
            path.mark(out);
            SavedText.append(out.append(" --path"), path.value());
        }
        if (classId != null) {
            classId.mark(out);
            out.append(" --cgroup ").append(classId.value());
        }
    }

    @Override
    public void list(final StringBuilder out, final ListScope scope) {
        out.append(" cgroup");
        if (path != null) {
            out.append(path.inverted() ? " ! " : " ").append(path.value());
        }
        if (classId != null) {
            out.append(classId.inverted() ? " ! " : " ").append(classId.value());
        }
    }

    @Override
    public int check(final Place place) {
        return path == null == (classId == null) ? Errno.EINVAL : Kind.FINE;
    }

    private static final class Parser implements MatchParser {

        private Given<String> path;
        private Given<Long> classId;

        @Override
        public void option(final OptionSpec option, final OptionValue value) {
            if (option.name().equals("path")) {
                path = new Given<>(FieldText.cut(value.text(), PATH_BYTES), value.inverted());
            } else {
                classId = new Given<>(value.low(), value.inverted());
            }
        }

        @Override
        public Match finish() {
            return new CgroupMatch(path, classId);
        }
    }
}
