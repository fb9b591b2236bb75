package io.penstock.dataplane.ipvs.text;

import io.penstock.dataplane.ipvs.model.ServiceProblem;

/** What the tool asks the kernel for, and its words when that refuses. */
enum Request {
    ADD_SERVICE,
    EDIT_SERVICE,
    DELETE_SERVICE,
    ZERO,
    ADD_SERVER,
    EDIT_SERVER,
    DELETE_SERVER,
    SET_TIMEOUTS,
    GET_SERVICE;

    /** The tool's words, or the C library's where it has none of its own. */
    String refusal(final ServiceProblem.Kind kind) {
        return switch (kind) {
            case EXISTS -> switch (this) {
                case ADD_SERVICE -> "Service already exists";
                case ADD_SERVER -> "Destination already exists";
                default -> "File exists";
            };
            case NO_SERVICE -> switch (this) {
                case EDIT_SERVICE, DELETE_SERVICE, ZERO, GET_SERVICE -> "No such service";
                case ADD_SERVER, EDIT_SERVER, DELETE_SERVER -> "Service not defined";
                default -> "No such process";
            };
            case NO_ENTRY -> switch (this) {
                case ADD_SERVICE, EDIT_SERVICE -> "Scheduler or persistence engine not found";
                case EDIT_SERVER, DELETE_SERVER -> "No such destination";
                default -> "No such file or directory";
            };
            case INVALID -> "Invalid operation.  Possibly wrong module version, address not unicast, ...";
            case RANGE -> "Numerical result out of range";
            case FAMILY -> "Operation not supported with specified address family";
            case FULL -> "Memory allocation problem";
            case UNSUPPORTED -> "Operation not supported with IPv6";
            // What the kernel answers while its module goes away.
            case GONE -> "Protocol not available";
        };
    }
}
