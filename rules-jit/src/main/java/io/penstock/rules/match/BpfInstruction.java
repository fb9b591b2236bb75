package io.penstock.rules.match;

/**
 * An instruction of the classic Berkeley packet filter ({@code struct sock_filter}).
 *
 * @param code      16 bits
 * @param jumpTrue  instructions to leave out when it holds, 8 bits
 * @param jumpFalse instructions to leave out when it does not, 8 bits
 * @param k         the constant
 */
public record BpfInstruction(int code, int jumpTrue, int jumpFalse, int k) {
}
