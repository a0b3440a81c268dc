/* The cheapest backend: what the kernel has to be asked for a handoff and for its client, on one epoll. It parses, checks and times
 * nothing, and takes every call to succeed. Argument: its socket. It echoes, and closes when the client has ended. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static const unsigned char ack[] = {1, 38}; /* All that the client looks at: version, and length of the body. */

static int adopted_from(int control) {
    char token[16], offer[512], answer[43] = {0};
    union { char bytes[CMSG_SPACE(sizeof(int))]; struct cmsghdr align; } rights;
    struct iovec data = {token, sizeof token};
    struct msghdr message = {
        .msg_iov = &data, .msg_iovlen = 1, .msg_control = rights.bytes, .msg_controllen = sizeof rights.bytes};
    int client = -1;
    if (recvmsg(control, &message, MSG_CMSG_CLOEXEC) == sizeof token && CMSG_FIRSTHDR(&message)) {
        memcpy(&client, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof client);
    }
    memcpy(answer, ack, sizeof ack);
    if (recv(control, offer, sizeof offer, 0) <= 0 || send(control, answer, sizeof answer, MSG_NOSIGNAL) < 0) {
        perror("floor");
    }
    close(control);
    return client;
}

int main(int count, char **arguments) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    strncpy(address.sun_path, arguments[count - 1], sizeof address.sun_path - 1);
    int listening = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), epoll = epoll_create1(EPOLL_CLOEXEC);
    struct epoll_event event = {.events = EPOLLIN, .data.fd = listening};
    if (bind(listening, (struct sockaddr *) &address, sizeof address) < 0 || listen(listening, 128) < 0
            || epoll_ctl(epoll, EPOLL_CTL_ADD, listening, &event) < 0) {
        return perror("floor"), 1;
    }
    while (1) {
        char bytes[2048];
        if (epoll_wait(epoll, &event, 1, -1) != 1) {
            continue; /* A signal: strace has begun. */
        }
        int ready = event.data.fd;
        if (ready == listening) {
            int client = adopted_from(accept4(listening, NULL, NULL, SOCK_CLOEXEC));
            event = (struct epoll_event) {.events = EPOLLIN, .data.fd = client};
            epoll_ctl(epoll, EPOLL_CTL_ADD, client, &event);
        } else {
            ssize_t length = recv(ready, bytes, sizeof bytes, MSG_DONTWAIT);
            if (length <= 0 || send(ready, bytes, length, MSG_NOSIGNAL | MSG_DONTWAIT) < 0) {
                close(ready);
            }
        }
    }
}
