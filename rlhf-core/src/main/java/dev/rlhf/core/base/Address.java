package dev.rlhf.core.base;

import java.net.URI;
import java.util.regex.Pattern;

/** Addresses that a user gives, which are told in logs, reports and recipes and so must hold no password. */
public final class Address {
    /** Up to the last '@': a password may hold any letter, and too much hidden is better than too little. */
    private static final Pattern USER = Pattern.compile("//\\S*@");

    private Address() {}

    /** Whether an address holds a user or a password, as {@code http://user:password@host} does. */
    public static boolean holdsUser(URI address) {
        String authority = address.getRawAuthority();
        return authority != null && authority.contains("@");
    }

    /** A text with {@code …} in place of the users and passwords of the addresses in it. */
    public static String redacted(String text) {
        return USER.matcher(text).replaceAll("//…@");
    }
}
