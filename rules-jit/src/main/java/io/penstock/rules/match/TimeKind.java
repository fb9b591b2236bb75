package io.penstock.rules.match;

import static io.penstock.rules.api.ParameterProblem.other;
import static io.penstock.rules.api.ParameterProblem.parameter;

import io.penstock.rules.api.Match;
import io.penstock.rules.api.MatchKind;
import io.penstock.rules.api.MatchParser;
import io.penstock.rules.api.OptionSpec;
import io.penstock.rules.api.OptionType;
import io.penstock.rules.api.OptionValue;
import io.penstock.rules.api.ParseScope;
import io.penstock.rules.text.CNumber;
import java.time.LocalDate;

/** How {@code -m time} is read. */
final class TimeKind implements MatchParser {

    static final MatchKind TIME = DescribedMatchKind.of(
            "time",
            0,
            """
            time match options:
                --datestart time     Start and stop time, to be given in ISO 8601
                --datestop time      (YYYY[-MM[-DD[Thh[:mm[:ss]]]]])
                --timestart time     Start and stop daytime (hh:mm[:ss])
                --timestop time      (between 00:00:00 and 23:59:59)
            [!] --monthdays value    List of days on which to match, separated by comma
                                     (Possible days: 1 to 31; defaults to all)
            [!] --weekdays value     List of weekdays on which to match, sep. by comma
                                     (Possible days: Mon,Tue,Wed,Thu,Fri,Sat,Sun or 1 to 7
                                     Defaults to all weekdays.)
                --kerneltz           Work with the kernel timezone instead of UTC
            """,
            TimeKind::new,
            OptionSpec.of("datestart", OptionType.STRING),
            OptionSpec.of("datestop", OptionType.STRING),
            OptionSpec.of("timestart", OptionType.STRING),
            OptionSpec.of("timestop", OptionType.STRING),
            OptionSpec.of("contiguous", OptionType.NONE),
            OptionSpec.of("weekdays", OptionType.STRING).inverted(),
            OptionSpec.of("monthdays", OptionType.STRING).inverted(),
            OptionSpec.of("localtz", OptionType.NONE).excluding("utc"),
            OptionSpec.of("utc", OptionType.NONE).excluding("localtz", "kerneltz"),
            OptionSpec.of("kerneltz", OptionType.NONE).excluding("utc"));

    /** Behind a date's parts: the least, the largest, what separates it from the next. */
    private static final int[][] DATE_PARTS = {{1970, 2038, '-'}, {0, 12, '-'}, {0, 31, 'T'}, {0, 23, ':'}, {0, 59, ':'}, {0, 59, 0}};
    /** Likewise of a time of the day. */
    private static final int[][] DAYTIME_PARTS = {{0, 23, ':'}, {0, 59, ':'}, {0, 59, 0}};

    private static final int DECIMAL = 10;
    private static final int MINUTE = 60;
    private static final int HOUR = 3600;
    private static final int DAY = 86_400;
    private static final int MAX_MONTH_DAY = 31;
    /** Bytes of a day of the month that are looked at. */
    private static final int MONTH_DAY_BYTES = 2;
    /** Bytes of a day of the week that are looked at. */
    private static final int WEEK_DAY_BYTES = 3;
    /** Bytes of a day's name that make it what it is. */
    private static final int NAME_BYTES = 2;

    private final ParseScope scope;
    private long dateStart;
    private long dateStop = TimeMatch.LAST_DATE;
    private int dayStart;
    private int dayStop = TimeMatch.LAST_SECOND;
    private int monthDays = TimeMatch.ALL_MONTH_DAYS;
    private int weekDays = TimeMatch.ALL_WEEK_DAYS;
    private boolean kernelZone;
    private boolean contiguous;

    private TimeKind(final ParseScope scope) {
        this.scope = scope;
    }

    @Override
    public void option(final OptionSpec option, final OptionValue value) {
        final String text = value.text();
        switch (option.name()) {
            case "datestart" -> dateStart = date(text);
            case "datestop" -> dateStop = date(text);
            case "timestart" -> dayStart = daytime(text);
            case "timestop" -> dayStop = daytime(text);
            case "contiguous" -> contiguous = true;
            case "monthdays" -> monthDays = monthDays(text) ^ (value.inverted() ? TimeMatch.ALL_MONTH_DAYS : 0);
            case "weekdays" -> weekDays = weekDays(text) ^ (value.inverted() ? TimeMatch.ALL_WEEK_DAYS : 0);
            case "localtz" -> {
                scope.warn("WARNING: --localtz is being replaced by --kerneltz, since \"local\" is ambiguous. Note the "
                        + "kernel timezone has caveats - see manpage for details.\n");
                kernelZone = true;
            }
            case "kerneltz" -> kernelZone = true;
            default -> {
            }
        }
    }

    @Override
    public void finalCheck() {
        if (contiguous && dayStart < dayStop) {
            throw parameter("time: --contiguous only makes sense when stoptime is smaller than starttime");
        }
    }

    @Override
    public Match finish() {
        return new TimeMatch(dateStart, dateStop, dayStart, dayStop, monthDays, weekDays, kernelZone, contiguous);
    }

    private long date(final String text) {
        final int[] parts = {0, 1, 1, 0, 0, 0};
        if (read(text, DATE_PARTS, parts, 1) >= 0) {
            throw parameter("Invalid date \"%s\" specified. Should be YYYY[-MM[-DD[Thh[:mm[:ss]]]]]", text);
        }
        // Month 0 and day 0 are the ones before the first.
        final long day = LocalDate.of(parts[0], 1, 1).plusMonths(parts[1] - 1L).toEpochDay() + parts[2] - 1;
        final long seconds = day * DAY + parts[3] * HOUR + parts[4] * MINUTE + parts[5];
        if (seconds < 0) {
            scope.warn("mktime: No such file or directory\n");
            throw other("mktime returned an error");
        }
        return seconds;
    }

    private static int daytime(final String text) {
        final int[] parts = {0, 0, 0};
        final int rest = read(text, DAYTIME_PARTS, parts, 2);
        if (rest >= 0) {
            throw parameter("invalid time \"%s\" specified, should be hh:mm[:ss] format and within the boundaries",
                    text.substring(rest));
        }
        return parts[0] * HOUR + parts[1] * MINUTE + parts[2];
    }

    /** Reads parts; returns where the one that is wrong began, -1 if all are right. */
    private static int read(final String text, final int[][] rules, final int[] parts, final int least) {
        int at = 0;
        for (int i = 0; i < parts.length; i++) {
            final CNumber number = CNumber.read(text, at, DECIMAL);
            final boolean isLast = number.end() == text.length();
            final boolean isRight = isLast
                    ? i + 1 >= least
                    : rules[i][2] != 0 && text.charAt(number.end()) == rules[i][2];
            // As in the real tool, only the lower half counts.
            parts[i] = (int) number.value();
            if (!isRight || Integer.compareUnsigned(parts[i], rules[i][0]) < 0
                    || Integer.compareUnsigned(parts[i], rules[i][1]) > 0) {
                return at;
            }
            if (isLast) {
                return -1;
            }
            at = number.end() + 1;
        }
        return -1;
    }

    private static int monthDays(final String list) {
        int mask = 0;
        for (final String item : items(list, MONTH_DAY_BYTES)) {
            final CNumber number = CNumber.read(item, 0, CNumber.ANY_BASE);
            if (number.end() < item.length() || Integer.compareUnsigned((int) number.value(), MAX_MONTH_DAY) > 0) {
                throw parameter("%s is not a valid day for --monthdays", item);
            }
            mask |= 1 << (int) number.value();
        }
        return mask;
    }

    private static int weekDays(final String list) {
        int mask = 0;
        for (final String item : items(list, WEEK_DAY_BYTES)) {
            final CNumber number = CNumber.read(item, 0, CNumber.ANY_BASE);
            if (number.end() == item.length()) {
                if (number.value() == 0) {
                    throw parameter("No, the week does NOT begin with Sunday.");
                }
                mask |= 1 << (int) number.value();
                continue;
            }
            int found = 0;
            for (int day = 1; day < TimeMatch.WEEK_DAYS.length; day++) {
                if (item.startsWith(TimeMatch.WEEK_DAYS[day].substring(0, NAME_BYTES))) {
                    found |= 1 << day;
                }
            }
            if (found == 0) {
                throw parameter("%s is not a valid day specifier", item);
            }
            mask |= found;
        }
        return mask & 0xFF;
    }

    /** The items of a list, of each so many bytes; nothing stands behind a comma at its end. */
    private static String[] items(final String list, final int bytes) {
        if (list.isEmpty()) {
            return new String[0];
        }
        final String[] items = (list.endsWith(",") ? list.substring(0, list.length() - 1) : list).split(",", -1);
        for (int i = 0; i < items.length; i++) {
            items[i] = items[i].substring(0, Math.min(items[i].length(), bytes));
        }
        return items;
    }
}
