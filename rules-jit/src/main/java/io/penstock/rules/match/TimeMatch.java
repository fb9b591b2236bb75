package io.penstock.rules.match;

import io.penstock.os.sys.Errno;
import io.penstock.os.sys.KernelTimeZone;
import io.penstock.rules.api.BindScope;
import io.penstock.rules.api.Kind;
import io.penstock.rules.api.ListScope;
import io.penstock.rules.api.MatchKind;
import io.penstock.rules.api.Place;
import io.penstock.rules.api.RunnableMatch;
import io.penstock.rules.hot.HotMatch;
import io.penstock.rules.hot.match.HotTime;
import java.time.LocalDateTime;
import java.time.ZoneOffset;

/**
 * Looks at the time of day. Source: iptables-extensions(8), time, revision 0.
 *
 * @param dateStart   the first second, since 1970
 * @param dateStop    the last second, since 1970
 * @param dayStart    the day's first second
 * @param dayStop     the day's last second; before the first one for a time that crosses midnight
 * @param monthDays   a mask of the days 1 to 31
 * @param weekDays    a mask of Monday 1 to Sunday 7
 * @param kernelZone  whether days begin by the kernel's time zone, not by UTC
 * @param contiguous  whether what is behind midnight counts for the day before
 */
public record TimeMatch(
        long dateStart,
        long dateStop,
        int dayStart,
        int dayStop,
        int monthDays,
        int weekDays,
        boolean kernelZone,
        boolean contiguous)
        implements RunnableMatch {

    /** All days of all months. */
    static final int ALL_MONTH_DAYS = -2;
    /** All days of the week. */
    static final int ALL_WEEK_DAYS = 0xFE;
    /** The day's last second. */
    static final int LAST_SECOND = 86_399;
    /** The last second, which is the default. */
    static final long LAST_DATE = Integer.MAX_VALUE;

    /** By their number; there is no day 0. */
    static final String[] WEEK_DAYS = {null, "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};

    private static final int MONTH_DAYS = 31;
    private static final int MINUTE = 60;

    @Override
    public MatchKind kind() {
        return TimeKind.TIME;
    }

    @Override
    public void save(final StringBuilder out) {
        if (isPartOfDay()) {
            daytime(out.append(" --timestart "), dayStart);
            daytime(out.append(" --timestop "), dayStop);
        }
        if (monthDays != ALL_MONTH_DAYS) {
            monthDays(out.append(" --monthdays "), false);
        }
        if (weekDays != ALL_WEEK_DAYS) {
            weekDays(out.append(" --weekdays "));
        }
        if (dateStart != 0) {
            date(out.append(" --datestart "), dateStart, 'T');
        }
        if (dateStop != 0) {
            date(out.append(" --datestop "), dateStop, 'T');
        }
        out.append(kernelZone ? " --kerneltz" : "").append(contiguous ? " --contiguous" : "");
    }

    @Override
    public void list(final StringBuilder out, final ListScope scope) {
        out.append(" TIME");
        if (isPartOfDay()) {
            daytime(out.append(" from "), dayStart);
            daytime(out.append(" to "), dayStop);
        }
        if (weekDays != ALL_WEEK_DAYS) {
            weekDays(out.append(" on "));
        }
        if (monthDays != ALL_MONTH_DAYS) {
            monthDays(out.append(" on "), true);
        }
        if (dateStart != 0) {
            date(out.append(" starting from "), dateStart, ' ');
        }
        if (dateStop != LAST_DATE) {
            out.append(" until date");
            if (dateStop != 0) {
                date(out.append(' '), dateStop, ' ');
            }
        }
        out.append(kernelZone ? "" : " UTC").append(contiguous ? " contiguous" : "");
    }

    @Override
    public int check(final Place place) {
        return contiguous && dayStart < dayStop ? Errno.EINVAL : Kind.FINE;
    }

    @Override
    public HotMatch bind(final BindScope scope) {
        return new HotTime(
                dateStart,
                dateStop,
                dayStart,
                dayStop,
                monthDays,
                weekDays,
                kernelZone ? KernelTimeZone.secondsWest() : 0,
                contiguous);
    }

    private boolean isPartOfDay() {
        return dayStart != 0 || dayStop != LAST_SECOND;
    }

    private void monthDays(final StringBuilder out, final boolean ordinal) {
        String separator = "";
        for (int day = 1; day <= MONTH_DAYS; day++) {
            if ((monthDays & 1 << day) != 0) {
                out.append(separator).append(day);
                if (ordinal) {
                    // 11th to 13th are written 11st to 13rd by the real tool.
                    out.append(switch (day % 10) {
                        case 1 -> "st";
                        case 2 -> "nd";
                        case 3 -> "rd";
                        default -> "th";
                    });
                }
                separator = ",";
            }
        }
    }

    private void weekDays(final StringBuilder out) {
        String separator = "";
        for (int day = 1; day < WEEK_DAYS.length; day++) {
            if ((weekDays & 1 << day) != 0) {
                out.append(separator).append(WEEK_DAYS[day]);
                separator = ",";
            }
        }
    }

    private static void daytime(final StringBuilder out, final int seconds) {
        two(out, seconds / MINUTE / MINUTE).append(':');
        two(out, seconds / MINUTE % MINUTE).append(':');
        two(out, seconds % MINUTE);
    }

    private static void date(final StringBuilder out, final long seconds, final char separator) {
        final LocalDateTime date = LocalDateTime.ofEpochSecond(seconds, 0, ZoneOffset.UTC);
        out.append(date.toLocalDate()).append(separator);
        daytime(out, date.toLocalTime().toSecondOfDay());
    }

    private static StringBuilder two(final StringBuilder out, final int number) {
        return out.append(number / 10).append(number % 10);
    }
}
