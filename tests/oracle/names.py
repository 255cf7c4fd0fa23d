"""Accepted names, evidence, and the elements of real responses: written down once more, from the sources.

Nothing here is taken from the product. The table has none of it: it is from the vendor's schemas, its reference guide,
and the decisions that are documented (I1 to I17).
"""

from __future__ import annotations

NAMES: dict[str, dict[str, tuple[str, ...]]] = {
    "service": {
        "MC": ("MC", "MeetingCenter", "Meeting Center", "meetingcenter"),
        "SC": ("SC", "$C", "SaC", "SalesCenter", "Sales Center"),
        "TC": ("TC", "TrainingCenter", "Training Center"),
        "EC": ("EC", "EventCenter", "Event Center"),
        "AO": ("AO", "AudioOnly", "Audio Only", "AUO"),
    },
    "caller": {
        "anonymous": ("anonymous", "anon"),
        "authenticated": ("authenticated", "signed-in", "signed in"),
    },
    "role": {
        "host": ("host", "session host"),
        "invited-attendee": ("invited-attendee", "invited attendee", "attendee", "invitee"),
        "panelist": ("panelist",),
        "presenter": ("presenter",),
        "none": ("none", "no role"),
    },
    "password": {
        "supplied": ("supplied",),
        "not-supplied": ("not-supplied", "not supplied", "refused", "wrong"),
    },
}
"""Each name that a person may give to a value of a fact."""

TITLES = {
    "MC": "Meeting Center",
    "SC": "Sales Center",
    "TC": "Training Center",
    "EC": "Event Center",
    "AO": "Audio Only",
}
"""The titles of services: $C is Sales Center (I1)."""

SERVICE_TYPES = {
    "MeetingCenter": "MC",
    "SalesCenter": "SC",
    "TrainingCenter": "TC",
    "EventCenter": "EC",
}
"""The values of serviceType; the fifth that there is, SupportCenter, has no column, and audio only has no type."""

NAME_A_PERSON_OR_PROVE_ONE = ("webExID", "email", "password", "sessionTicket", "webExAccessToken")
NAME_A_SITE = ("siteName", "siteID", "partnerID", "clientID", "clientSecret")

VARIABLES = (
    "%TollNum%",
    "%TollNumCC%",
    "%TollFreeNum%",
    "%TollFreeNumCC%",
    "%ParticipantCode%",
    "%SubscriberCode%",
)

FAILURES = {
    "000000": "the request could not be forwarded",
    "000001": "access denied",
    "000015": "no record found",
    "000035": "service not responding",
    "000045": "rate limit",
    "030001": "user not found",
    "030002": "incorrect user or password",
    "030047": "invalid session ticket",
    "060001": "corresponding meeting not found",
}

PRINTED_OTHERWISE = {
    "sessionkey": "sessionKey",
    "telephony/globalCallInNumbersURL": "globalCallinNumbersURL",
    "telephony/participantAccessCode": "particpantAccessCode",
    "host/webExId": "webExID",
}
"""The four rows whose printed name is spelt otherwise on the wire."""

SENTENCES = {
    "✓": "‘✓’ means that the element is always returned",
    "X": "‘X’ means that the element that is never returned",
    "PW": "‘PW’ means that an element that is returned only if the meeting password has been supplied; or if the "
    "caller is the session host, an invited attendee, a panelist or a presenter.",
}

UNLISTED = (
    "accessControl/passwordReq",
    "accessControl/isEnforceAudioPassword",
    "accessControl/isEnforceAudioLogin",
    "accessControl/registrationShortURL",
    "metaData/agendaFormat",
    "metaData/descriptionFormat",
    "metaData/isException",
    "metaData/seriesMeetingKey",
    "metaData/hasException",
    "telephony/callInNum/tollNum",
    "telephony/callInNum/tollFreeNum",
    "telephony/callInNum/intlLocalNum",
    "telephony/callInNum/globalNum",
    "telephony/participantLimitedAccessCode",
    "telephony/subscriberAccessCode",
    "telephony/dialInSequences",
    "telephony/labels",
    "telephony/labels/tollFreeCallInLabel",
    "telephony/labels/tollCallInLabel",
    "telephony/mpAudio",
    "telephony/mpProfileNumber",
    "telephony/isMPAudio",
    "telephony/voip",
    "telephony/enableTSP",
    "host/allowAnyoneHostMeeting",
    "schedule/timeZoneID",
    "schedule/openTimeInSec",
    "attendeeOptions",
    "attendeeOptions/joinRequiresAccount",
    "audioStatus",
    "isAudioOnly",
    "telePresence",
    "isAlternateHost",
    "isCreator",
    "hostKey",
    "attendeeRole",
    "supportE2E",
    "isAllowJBH",
    "isCETMeeting",
    "isPersonalMeetingRoom",
    "isNextUpcomingInstance",
    "isPrivateMeeting",
    "meetingLink",
    "hasInSessionTest",
    "hasWebsiteTest",
)
"""Elements of real responses that the table does not list."""
