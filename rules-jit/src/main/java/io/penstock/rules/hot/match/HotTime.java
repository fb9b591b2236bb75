package io.penstock.rules.hot.match;

import io.penstock.rules.hot.HotMatch;
import io.penstock.rules.hot.RulePacket;

/** Looks at the time of day, in the order in which the kernel's {@code xt_time} does. */
public final class HotTime implements HotMatch {

    private static final long NS_PER_S = 1_000_000_000;
    private static final int DAY_SECONDS = 86_400;
    private static final int WEEK_DAYS = 7;
    /** Days from a Monday to 1 January 1970, a Thursday. */
    private static final int THURSDAY = 3;
    private static final int ALL_MONTH_DAYS = -2;

    /** Days from 1 March of year 0 to 1 January 1970. */
    private static final int EPOCH_DAY = 719_468;
    private static final int ERA_DAYS = 146_097;
    private static final int LEAP_CYCLE_DAYS = 1460;
    private static final int CENTURY_DAYS = 36_524;
    private static final int YEAR_DAYS = 365;
    /** Days of five months from March or August on: 31, 30, 31, 30, 31. */
    private static final int FIVE_MONTHS = 153;

    private final long dateStart;
    private final long dateStop;
    private final int dayStart;
    private final int dayStop;
    private final int monthDays;
    private final int weekDays;
    private final int secondsWest;
    private final boolean contiguous;

    /**
     * A time.
     *
     * @param dateStart   the first second, since 1970
     * @param dateStop    the last one
     * @param dayStart    the day's first second
     * @param dayStop     the day's last one
     * @param monthDays   a mask of the days 1 to 31
     * @param weekDays    a mask of Monday 1 to Sunday 7
     * @param secondsWest how far local time is behind UTC
     * @param contiguous  whether what is behind midnight counts for the day before
     */
    public HotTime(
            final long dateStart,
            final long dateStop,
            final int dayStart,
            final int dayStop,
            final int monthDays,
            final int weekDays,
            final int secondsWest,
            final boolean contiguous) {
        this.dateStart = dateStart;
        this.dateStop = dateStop;
        this.dayStart = dayStart;
        this.dayStop = dayStop;
        this.monthDays = monthDays;
        this.weekDays = weekDays;
        this.secondsWest = secondsWest;
        this.contiguous = contiguous;
    }

    @Override
    public boolean matches(final RulePacket packet) {
        final long now = packet.wallNs / NS_PER_S - secondsWest;
        if (now < dateStart || now > dateStop) {
            return false;
        }
        final int second = (int) (now % DAY_SECONDS);
        long day = now / DAY_SECONDS;
        if (dayStart < dayStop) {
            if (second < dayStart || second > dayStop) {
                return false;
            }
        } else {
            if (second < dayStart && second > dayStop) {
                return false;
            }
            if (contiguous && second <= dayStop) {
                day--;
            }
        }
        final int weekDay = (int) ((day + THURSDAY) % WEEK_DAYS) + 1;
        return (weekDays & 1 << weekDay) != 0
                && (monthDays == ALL_MONTH_DAYS || (monthDays & 1 << monthDay((int) day)) != 0);
    }

    /**
     * The day of the month, 1 to 31. Years begin in March here, so that the day that comes every four years is a year's last one.
     * Source: H. Hinnant, "chrono-compatible low-level date algorithms".
     */
    static int monthDay(final int epochDay) {
        final int dayOfEra = (epochDay + EPOCH_DAY) % ERA_DAYS;
        final int yearOfEra = (dayOfEra - dayOfEra / LEAP_CYCLE_DAYS + dayOfEra / CENTURY_DAYS - dayOfEra / (ERA_DAYS - 1)) / YEAR_DAYS;
        final int dayOfYear = dayOfEra - (YEAR_DAYS * yearOfEra + yearOfEra / 4 - yearOfEra / 100);
        final int month = (5 * dayOfYear + 2) / FIVE_MONTHS;
        return dayOfYear - (FIVE_MONTHS * month + 2) / 5 + 1;
    }
}
