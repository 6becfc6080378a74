"""Every address of the gateway, by the folder whose story it is."""

from django.urls import include, path

from comity.accreditation import urls as accreditation
from comity.balance import urls as balance
from comity.balance.public import of_state as proposed_by
from comity.countries import urls as countries
from comity.custody import urls as custody
from comity.disputes import urls as disputes
from comity.doors.filing import urls as filing
from comity.following import urls as following
from comity.hotline import urls as hotline
from comity.leaving import urls as leaving
from comity.notices import urls as notices
from comity.platforms.matrix import urls as matrix
from comity.risk import register_urls
from comity.risk import urls as risk
from comity.shadow import urls as shadow

urlpatterns = [
    path("", include("comity.front.urls")),
    path("", include("comity.notifications.urls")),
    path("", include("comity.admissions.urls")),
    path("", include("comity.people.urls")),
    path("console/regulations/", include("comity.adoption.urls")),
    path("console/alerts/", include("comity.alerts.urls")),
    path("console/duty/", include("comity.alerts.duty_urls")),
    path("console/claims/", include("comity.claims.urls")),
    path("console/countries/", include(countries.console())),
    path("console/countries/", include(leaving.console())),
    path("console/plans/", include(leaving.by_number())),
    path("countries/", include(balance.of_states())),
    path("countries/", include(countries.everyone(proposed_by))),
    path("console/disputes/", include(disputes.console())),
    path("countries/", include(disputes.everyone())),
    path("console/hotline/", include(hotline.console())),
    path("hotline/", include(hotline.officers())),
    path("console/notices/", include(notices.console)),
    path("platforms/", include(notices.platforms)),
    path("platforms/", include(matrix)),
    path("platforms/", include("comity.platforms.telegram.urls")),
    path("console/platforms/", include(shadow.platforms())),
    path("console/", include(shadow.of_cases())),
    path("authorities/demo/", include(filing.everyone("demo"))),
    path("authorities/demo/", include(accreditation.everyone("demo"))),
    path("authorities/", include(filing.everyone())),
    path("authorities/", include(accreditation.everyone())),
    path("authorities/", include(accreditation.by_link())),
    path("console/paper/", include("comity.doors.paper.urls")),
    path("console/register/", include(accreditation.console())),
    path("authorities/", include(following.everyone())),
    path("authorities/", include("comity.officers.urls")),
    path("console/", include(following.console())),
    path("console/balance/", include(balance.console())),
    path("console/risk/", include(risk.console())),
    path("console/proposals/", include(balance.proposals())),
    path("council/", include(balance.council())),
    path("", include(balance.everyone())),
    path("proposals/", include(balance.proposing())),
    path("api/v1/figures/", include("comity.figures.urls")),
    path("custodians/", include(custody.everyone())),
    path("production/", include(custody.authorities())),
    path("console/custody/", include(custody.console())),
    path("console/outbox/", include("comity.answers.urls")),
    path("console/risk/", include(register_urls.console())),
    path("console/", include(register_urls.at_home())),
    path("console/", include("comity.inquiries.urls")),
    path("console/", include("comity.measures.urls")),
    path("console/", include("comity.desk.urls")),
    path("ledger/", include("comity.record.urls")),
    path("demo/", include("comity.demo.urls")),
]

handler400 = "comity.web.views.bad_request"
handler403 = "comity.web.views.forbidden"
handler404 = "comity.web.views.not_found"
handler500 = "comity.web.views.server_error"
