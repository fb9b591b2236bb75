package io.penstock.rules.text;

import io.penstock.rules.model.TableRefusal;
import java.util.Map;

/** Error numbers as iptables explains them, by what was attempted last ({@code iptc_strerror}). */
final class TableErrors {

    static final int EEXIST = 17;
    static final int E2BIG = 7;
    static final int EMLINK = 31;
    static final int ENOTEMPTY = 39;

    /** What was attempted last. */
    enum Attempt {
        INIT, DELETE_ENTRY, DELETE_NUMBER, INSERT, REPLACE, ZERO_COUNTER, CREATE_CHAIN, SET_POLICY, OTHER
    }

    /** What tables, matches and targets may answer with, in the C library's words. */
    private static final Map<Integer, String> SYSTEM = Map.ofEntries(
            Map.entry(1, "Operation not permitted"),
            Map.entry(TableRefusal.ENOENT, "No such file or directory"),
            Map.entry(5, "Input/output error"),
            Map.entry(E2BIG, "Argument list too long"),
            Map.entry(9, "Bad file descriptor"),
            Map.entry(TableRefusal.EAGAIN, "Resource temporarily unavailable"),
            Map.entry(TableRefusal.ENOMEM, "Cannot allocate memory"),
            Map.entry(13, "Permission denied"),
            Map.entry(14, "Bad address"),
            Map.entry(16, "Device or resource busy"),
            Map.entry(EEXIST, "File exists"),
            Map.entry(19, "No such device"),
            Map.entry(TableRefusal.EINVAL, "Invalid argument"),
            Map.entry(28, "No space left on device"),
            Map.entry(EMLINK, "Too many links"),
            Map.entry(33, "Numerical argument out of domain"),
            Map.entry(34, "Numerical result out of range"),
            Map.entry(38, "Function not implemented"),
            Map.entry(ENOTEMPTY, "Directory not empty"),
            Map.entry(TableRefusal.ELOOP, "Too many levels of symbolic links"),
            Map.entry(71, "Protocol error"),
            Map.entry(75, "Value too large for defined data type"),
            Map.entry(90, "Message too long"),
            Map.entry(93, "Protocol not supported"),
            Map.entry(TableRefusal.EOPNOTSUPP, "Operation not supported"),
            Map.entry(97, "Address family not supported by protocol"),
            Map.entry(105, "No buffer space available"));

    private TableErrors() {
    }

    /** The C library's text. */
    static String system(final int errno) {
        return SYSTEM.getOrDefault(errno, "Unknown error " + errno);
    }

    /** The explanation. */
    static String explain(final Attempt attempt, final int errno) {
        final String special = switch (attempt) {
            case INIT -> errno == TableRefusal.EINVAL ? "Module is wrong version"
                    : errno == TableRefusal.ENOENT ? "Table does not exist (do you need to insmod?)" : null;
            case CREATE_CHAIN -> errno == EEXIST ? "Chain already exists" : null;
            case INSERT -> errno == E2BIG ? "Index of insertion too big" : null;
            case REPLACE -> errno == E2BIG ? "Index of replacement too big" : null;
            case DELETE_NUMBER -> errno == E2BIG ? "Index of deletion too big" : null;
            case ZERO_COUNTER -> errno == E2BIG ? "Index of counter too big" : null;
            case DELETE_ENTRY -> errno == TableRefusal.ENOENT ? "Bad rule (does a matching rule exist in that chain?)" : null;
            case SET_POLICY -> errno == TableRefusal.ENOENT ? "Bad built-in chain name"
                    : errno == TableRefusal.EINVAL ? "Bad policy name" : null;
            case OTHER -> null;
        };
        if (special != null) {
            return special;
        }
        return switch (errno) {
            case TableRefusal.ENOMEM -> "Memory allocation problem";
            case TableRefusal.ENOENT -> "No chain/target/match by that name";
            default -> system(errno);
        };
    }
}
