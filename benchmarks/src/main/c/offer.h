/* What a backend in C does with the bytes of an offer: finds the frame, parses envelope and offer by hand, checks what WIRE section 5 has
 * checked, and writes the ACK that accepts. Of tokens it keeps no count: each is as good as pending. */
#include <stdint.h>
#include <string.h>

#define HEADER_BYTES 5
#define TOKEN_BYTES 16
#define MAX_OFFER 4096
#define MAX_ACK 64
#define HANDOFF_PROTOCOL 0xd0ff

struct field {
    unsigned number;
    uint64_t value;             /* Of a varint; of bytes their number. */
    const unsigned char *bytes; /* NULL if it is a varint. */
};

struct offer {
    const unsigned char *token;
    uint64_t correlation_id;
};

/* Returns the byte behind the varint, NULL if it does not end. */
static const unsigned char *read_varint(const unsigned char *at, const unsigned char *end, uint64_t *value) {
    *value = 0;
    for (int shift = 0; at < end && shift < 64; shift += 7) {
        *value |= (uint64_t) (*at & 0x7f) << shift;
        if ((*at++ & 0x80) == 0) {
            return at;
        }
    }
    return NULL;
}

/* Returns the byte behind the field, NULL if it is malformed or of a type that no message of the protocol has. */
static const unsigned char *read_field(const unsigned char *at, const unsigned char *end, struct field *field) {
    uint64_t tag;
    if (!(at = read_varint(at, end, &tag)) || !(at = read_varint(at, end, &field->value))) {
        return NULL;
    }
    field->number = tag >> 3;
    field->bytes = (tag & 7) == 2 ? at : NULL;
    if ((tag & 7) == 0) {
        return at;
    }
    return (tag & 7) == 2 && field->value <= (uint64_t) (end - at) ? at + field->value : NULL;
}

static int parse_payload(const unsigned char *at, const unsigned char *end, struct offer *offer) {
    struct field field;
    while (at < end) {
        if (!(at = read_field(at, end, &field))) {
            return 0;
        }
        if (field.number == 2 && field.bytes && field.value == TOKEN_BYTES) {
            offer->token = field.bytes;
        } else if (field.number == 4 && !field.bytes) {
            offer->correlation_id = field.value;
        }
    }
    return offer->token != NULL;
}

static int parse_frame(const unsigned char *at, const unsigned char *end, struct offer *offer) {
    struct field field;
    uint64_t numbers[10] = {0};
    const unsigned char *payload = NULL, *payload_end = NULL;
    while (at < end) {
        if (!(at = read_field(at, end, &field))) {
            return 0;
        }
        if (field.number == 4 && field.bytes) {
            payload = field.bytes;
            payload_end = field.bytes + field.value;
        } else if (field.number < 10 && !field.bytes) {
            numbers[field.number] = field.value;
        }
    }
    return numbers[1] == 1 && numbers[2] == 0 && numbers[3] == HANDOFF_PROTOCOL && numbers[6] == 0 && payload
            && parse_payload(payload, payload_end, offer) && numbers[5] == offer->correlation_id;
}

static unsigned char *write_varint(unsigned char *at, uint64_t value) {
    for (; value > 0x7f; value >>= 7) {
        *at++ = value | 0x80;
    }
    *at++ = value;
    return at;
}

static size_t write_ack(unsigned char *ack, const struct offer *offer) {
    static const unsigned char envelope[] = {0x08, 1, 0x10, 1, 0x18, 0xff, 0xa1, 0x03};
    unsigned char payload[MAX_ACK], *at = payload;
    *at++ = 0x0a;
    *at++ = TOKEN_BYTES;
    memcpy(at, offer->token, TOKEN_BYTES);
    at += TOKEN_BYTES;
    *at++ = 0x10;
    *at++ = 1;
    if (offer->correlation_id != 0) {
        *at++ = 0x20;
        at = write_varint(at, offer->correlation_id);
    }
    size_t payload_length = at - payload;
    at = ack + HEADER_BYTES;
    memcpy(at, envelope, sizeof envelope);
    at += sizeof envelope;
    *at++ = 0x22;
    *at++ = payload_length;
    memcpy(at, payload, payload_length);
    at += payload_length;
    if (offer->correlation_id != 0) {
        *at++ = 0x28;
        at = write_varint(at, offer->correlation_id);
    }
    uint32_t body_length = at - ack - HEADER_BYTES;
    ack[0] = 1;
    memcpy(ack + 1, &body_length, sizeof body_length); /* Little-endian, as the machines that this is built for. */
    return at - ack;
}

/* Answers the first offer. Returns how many bytes it took, 0 if it has not all come, -1 if it is none. */
static ssize_t answer(const unsigned char *bytes, size_t length, unsigned char ack[MAX_ACK], size_t *ack_length) {
    struct offer offer = {0};
    uint32_t body_length;
    if (length < HEADER_BYTES) {
        return 0;
    }
    memcpy(&body_length, bytes + 1, sizeof body_length);
    if (bytes[0] != 1 || body_length > MAX_OFFER - HEADER_BYTES) {
        return -1;
    }
    if (length - HEADER_BYTES < body_length) {
        return 0;
    }
    if (!parse_frame(bytes + HEADER_BYTES, bytes + HEADER_BYTES + body_length, &offer)) {
        return -1;
    }
    *ack_length = write_ack(ack, &offer);
    return HEADER_BYTES + body_length;
}
