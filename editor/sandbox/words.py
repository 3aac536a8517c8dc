"""The words that invented people, companies, posts and jobs are made of. All of it is made up."""


def _words(*lines: str) -> tuple[str, ...]:
    return tuple(word for line in lines for word in line.split())


FIRST_NAMES = _words(
    "Ines Rui Oda Marta Jonas Amina Theo Lucia Noor Erik Sofia Hugo Leila Mateo Freya Omar Klara Davi",
    "Yara Nils Elena Pablo Saga Tariq Alba Bruno Maren Ivo Zoe Anton Lina Rafael Ingrid Samir Vera Otto",
    "Carla Emil Nadia Luis Petra Karim Tessa Joao Hanna Milan Rosa Felix",
)
LAST_NAMES = _words(
    "Quintal Falcao Bakke Lindqvist Moreau Haddad Keller Ferrante Vos Nygaard Costa Brandt Rahimi Ortega",
    "Solberg Nassar Weiss Teixeira Khoury Dahl Marchetti Iglesias Holm Aziz Serrano Pinto Krog Horvat",
    "Laurent Berger Virtanen Machado Strand Benali Novak Richter Bellini Aalto Farah Mendes Vogel Amari",
    "Janssen Rocha Laine Kovac Duarte Winter Okafor Silveira",
)

# City, country, two-letter code.
PLACES = (
    ("Porto", "Portugal", "PT"),
    ("Lisbon", "Portugal", "PT"),
    ("Bergen", "Norway", "NO"),
    ("Oslo", "Norway", "NO"),
    ("Gothenburg", "Sweden", "SE"),
    ("Aarhus", "Denmark", "DK"),
    ("Helsinki", "Finland", "FI"),
    ("Hamburg", "Germany", "DE"),
    ("Munich", "Germany", "DE"),
    ("Vienna", "Austria", "AT"),
    ("Rotterdam", "Netherlands", "NL"),
    ("Antwerp", "Belgium", "BE"),
    ("Lyon", "France", "FR"),
    ("Paris", "France", "FR"),
    ("Valencia", "Spain", "ES"),
    ("Madrid", "Spain", "ES"),
    ("Turin", "Italy", "IT"),
    ("Zagreb", "Croatia", "HR"),
    ("Dublin", "Ireland", "IE"),
    ("Leeds", "United Kingdom", "GB"),
    ("Boston", "United States", "US"),
    ("Austin", "United States", "US"),
    ("Toronto", "Canada", "CA"),
    ("Tunis", "Tunisia", "TN"),
)

COMPANY_STEMS = _words(
    "Nordlys Brisa Altamar Fjordvik Solana Kestrel Vela Tindra Ostara Lumen Cobalt Meridian Halden",
    "Sierra Aurora Maresia Linden Polaris Estuary Granit",
)

# Second word of a company's name, its industry, what it does, what its people know.
TRADES = (
    ("Batteri", "Renewable Energy Equipment Manufacturing", "Battery recycling for ships and trucks",
     ("Energy Storage", "Battery Recycling", "Electrochemistry")),
    ("Cargo", "Maritime Transportation", "Short-sea freight for the Atlantic coast",
     ("Logistics", "Cold Chain", "Route Planning")),
    ("Analytics", "Software Development", "Forecasts from messy sensor data",
     ("Data Analysis", "Python", "Machine Learning")),
    ("Foods", "Food and Beverage Manufacturing", "Preserved fish and vegetables",
     ("Food Safety", "Supply Chain", "Logistics")),
    ("Robotics", "Automation Machinery Manufacturing", "Picking robots for small warehouses",
     ("Robotics", "Control Systems", "Logistics")),
    ("Capital", "Venture Capital and Private Equity", "Patient money for family companies",
     ("Due Diligence", "Financial Modelling", "Treasury")),
    ("Health", "Hospitals and Health Care", "Home visits planned by nurses",
     ("Patient Care", "Medical Records", "Scheduling")),
    ("Studio", "Design Services", "Signs and maps for public places",
     ("Typography", "User Research", "Wayfinding")),
    ("Recruit", "Staffing and Recruiting", "Engineers for the energy sector",
     ("Sourcing", "Interviewing", "Employer Branding")),
    ("Timber", "Wood Product Manufacturing", "Glued beams from certified forests",
     ("Forestry", "Lean Production", "Logistics")),
    ("Cloud", "Technology, Information and Internet", "Hosting run on waste heat",
     ("Kubernetes", "Site Reliability", "Networking")),
    ("Academy", "Education Administration Programs", "Evening courses for skilled workers",
     ("Teaching", "Course Design", "Coaching")),
)  # fmt: skip

POSITIONS = (
    "Head of Logistics",
    "Chief Financial Officer",
    "Process Engineer",
    "Marketing Manager",
    "Founder",
    "Sales Director",
    "Data Engineer",
    "Operations Manager",
    "Product Designer",
    "Chief Executive Officer",
    "HR Business Partner",
    "Software Engineer",
    "Purchasing Manager",
    "Head of Sustainability",
    "Key Account Manager",
    "Chief Technology Officer",
)
DECISION_MAKER_POSITIONS = (
    "Chief Executive Officer",
    "Chief Financial Officer",
    "Founder",
    "Sales Director",
    "Chief Technology Officer",
)
COMMON_SKILLS = ("Negotiation", "Project Management", "Leadership", "Public Speaking", "Budgeting",
                 "Logistics", "Process Improvement", "Customer Care")  # fmt: skip
LANGUAGES = (
    "English",
    "Portuguese",
    "Norwegian",
    "German",
    "French",
    "Spanish",
    "Italian",
    "Arabic",
)
SCHOOLS = (
    "University of Porto Bay",
    "Fjord Technical College",
    "Rhine Business School",
    "Northern Institute of Design",
    "Atlantic Maritime Academy",
    "Alpine University of Applied Sciences",
)
DEGREES = ("BSc Economics", "MSc Logistics", "MEng Mechanical Engineering", "BA Design",
           "MSc Computer Science", "MBA")  # fmt: skip

POST_TEXTS = (
    "Our new line opened today. It took two winters, and I am proud of everyone who stayed with it.",
    "Three things I learned from talking to forty customers in one month.",
    "We are hiring. If you like small teams and plain words, write to me.",
    "Freight prices moved again this week. Here is what we changed in our planning.",
    "A year ago this was a sketch on a napkin. Today the first customer signed.",
    "What nobody told me before my first trade fair.",
    "Back from a week at the plant. The best ideas came from the night shift.",
    "We measured it: half of our meetings could have been a short note.",
)
REPOST_TEXTS = ("Worth five minutes of your time.", "Exactly this.", None)
COMMENT_TEXTS = (
    "Can we visit?",
    "We see the same on our routes.",
    "Congratulations to the whole team.",
    "How long did the permits take?",
    "Thank you for sharing the numbers.",
    "I would add one more point: train people first.",
)
HASHTAGS = ("batteries", "logistics", "hiring", "design", "coldchain", "recycling", "teams")
MESSAGES = (
    ("them", "Hello, thank you for connecting."),
    ("us", "Gladly. I saw your talk about cold chains."),
    ("them", "Then we should compare notes one day."),
    ("us", "With pleasure. How about next week?"),
)
REPLIES = ("Sounds good.", "Thank you, let me look at it.", "Please send me the details.")
JOB_TITLES = ("Fleet Planner", "Process Engineer", "Data Analyst", "Account Manager",
              "Warehouse Lead", "Product Designer", "Treasury Officer", "Site Engineer")  # fmt: skip
NEWSLETTERS = ("Cold Chain Weekly", "The Quiet Factory", "Notes on Freight")
