package io.handoff.cli.argument;

import io.handoff.netty.token.HandoffToken;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads a token from its 32 hexadecimal digits. */
public final class TokenConverter implements ITypeConverter<HandoffToken> {

    /** Fails with the one kind of exception to which picocli does not add the text it was given. */
    @Override
    public HandoffToken convert(String value) {
        try {
            return HandoffToken.ofHex(value);
        } catch (IllegalArgumentException e) {
            throw new TypeConversionException(e.getMessage());
        }
    }
}
